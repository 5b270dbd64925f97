using System.Globalization;
using System.Net.Mail;
using Microsoft.Extensions.Configuration;

namespace Triggers.Channels.Email;

/// <summary>How mail leaves, from the configuration keys <c>Channels:Email:Smtp:*</c> (environment: <c>Channels__Email__Smtp__*</c>).</summary>
public sealed record SmtpOptions
{
    public const string Section = "Channels:Email:Smtp";

    /// <summary>Empty: mail goes to the local mailbox.</summary>
    public string Host { get; init; } = "";

    public int Port { get; init; } = 587;

    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTlsWhenAvailable;

    /// <summary>Empty: no authentication.</summary>
    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>The sender: an address, or a name with one: <c>Shop &lt;hello@shop.example&gt;</c>.</summary>
    public string From { get; init; } = "";

    /// <summary>Where answers go; empty: to <see cref="From"/>.</summary>
    public string ReplyTo { get; init; } = "";

    /// <summary>Connections held at most; providers commonly allow 5 to 10 for one account.</summary>
    public int ConnectionsMax { get; init; } = 4;

    /// <summary>Longest wait for connecting and for sending one message.</summary>
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>Reads the section; every problem is a sentence that names the key and what to do.</summary>
    public static SmtpOptions Read(IConfiguration configuration, ICollection<string> problems)
    {
        var section = configuration.GetSection(Section);
        var security = Text(section, "Security");
        var parsed = SmtpSecurity.StartTlsWhenAvailable;
        if (security.Length > 0 && (!Enum.TryParse(security, ignoreCase: true, out parsed) || !Enum.IsDefined(parsed) || char.IsDigit(security[0])))
        {
            problems.Add($"{Section}:Security is '{security}'; write one of {string.Join(", ", Enum.GetNames<SmtpSecurity>())}.");
            parsed = SmtpSecurity.StartTlsWhenAvailable;
        }

        var options = new SmtpOptions
        {
            Host = Text(section, "Host"),
            Security = parsed,
            Port = Number(section, "Port", parsed switch { SmtpSecurity.Tls => 465, SmtpSecurity.None => 25, _ => 587 }, 1, 65_535, problems),
            Username = Text(section, "Username"),
            Password = section["Password"] ?? "",
            From = Text(section, "From"),
            ReplyTo = Text(section, "ReplyTo"),
            ConnectionsMax = Number(section, "ConnectionsMax", 4, 1, 100, problems),
            TimeoutSeconds = Number(section, "TimeoutSeconds", 60, 1, 600, problems),
        };
        options.Check(problems);
        return options;
    }

    private void Check(ICollection<string> problems)
    {
        if (Host.Length == 0)
        {
            return;
        }

        if (From.Length == 0)
        {
            problems.Add($"{Section}:From is not set, but Host is; give the sender, such as 'Shop <hello@shop.example>'.");
        }
        else if (!MailAddress.TryCreate(From, out _))
        {
            problems.Add($"{Section}:From is '{From}', which is not an e-mail address; write 'hello@shop.example' or 'Shop <hello@shop.example>'.");
        }

        if (ReplyTo.Length > 0 && !MailAddress.TryCreate(ReplyTo, out _))
        {
            problems.Add($"{Section}:ReplyTo is '{ReplyTo}', which is not an e-mail address.");
        }

        if (Host.Contains(':', StringComparison.Ordinal) && !System.Net.IPAddress.TryParse(Host, out _))
        {
            problems.Add($"{Section}:Host is '{Host}'; give the name alone, and the port as {Section}:Port.");
        }

        if (Username.Length > 0 && Password.Length == 0)
        {
            problems.Add($"{Section}:Username is set, but Password is not; set {Section}:Password, or remove Username for a server without authentication.");
        }

        if (Username.Length == 0 && Password.Length > 0)
        {
            problems.Add($"{Section}:Password is set, but Username is not; set {Section}:Username.");
        }
    }

    private static string Text(IConfigurationSection section, string name) => section[name]?.Trim() ?? "";

    private static int Number(IConfigurationSection section, string name, int standard, int min, int max, ICollection<string> problems)
    {
        var text = Text(section, name);
        if (text.Length == 0)
        {
            return standard;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        problems.Add(string.Create(CultureInfo.InvariantCulture, $"{Section}:{name} is '{text}'; write a whole number from {min} to {max}."));
        return standard;
    }
}

public enum SmtpSecurity
{
    /// <summary>No encryption: for a server on this machine or in a closed network.</summary>
    None,

    /// <summary>STARTTLS, or nothing is sent.</summary>
    StartTls,

    /// <summary>STARTTLS if the server offers it. A password is never sent in the clear, except to this machine.</summary>
    StartTlsWhenAvailable,

    /// <summary>Encrypted from the first byte (port 465). Needs a build with MailKit.</summary>
    Tls,
}

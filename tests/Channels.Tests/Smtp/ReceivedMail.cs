using System.Text;
using System.Text.RegularExpressions;

namespace Triggers.Channels.Tests.Smtp;

/// <summary>A mail as the server got it, read by the rules of MIME so that a test sees what a mail reader shows.</summary>
/// <param name="Raw">Bytes as Latin-1 text, CR LF.</param>
internal sealed record ReceivedMail(string Sender, IReadOnlyList<string> Receivers, string Raw, int Connection, bool Secure, string? User)
{
    private readonly Entity _root = Entity.Parse(Raw);

    public string Header(string name) => _root.Header(name);

    public int HeaderCount(string name) => _root.Headers.Count(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public string ContentType => _root.Header("Content-Type");

    /// <summary>Types of the parts in their order; of the mail itself if it has none.</summary>
    public IReadOnlyList<string> PartTypes => [.. _root.Leaves().Select(leaf => leaf.Header("Content-Type").Split(';')[0].Trim())];

    public string? Text => _root.Leaves().FirstOrDefault(leaf => leaf.Header("Content-Type").StartsWith("text/plain", StringComparison.OrdinalIgnoreCase))?.Content();

    public string? Html => _root.Leaves().FirstOrDefault(leaf => leaf.Header("Content-Type").StartsWith("text/html", StringComparison.OrdinalIgnoreCase))?.Content();

    private sealed record Entity(IReadOnlyList<(string Name, string Value)> Headers, string Body)
    {
        public static Entity Parse(string raw)
        {
            var end = raw.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var head = Regex.Replace(raw[..end], "\r\n[ \t]", " ", RegexOptions.None, TimeSpan.FromSeconds(5));
            var headers = head.Split("\r\n").Select(line => (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim()));
            return new Entity([.. headers], raw[(end + 4)..]);
        }

        public string Header(string name)
        {
            var value = Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";
            return EncodedWords(value);
        }

        public IEnumerable<Entity> Leaves()
        {
            var boundary = Regex.Match(Header("Content-Type"), "boundary=\"?(?<mark>[^\";]+)", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(5));
            if (!boundary.Success)
            {
                return [this];
            }

            var parts = ("\r\n" + Body).Split("\r\n--" + boundary.Groups["mark"].Value);
            return parts[1..].TakeWhile(part => !part.StartsWith("--", StringComparison.Ordinal)).SelectMany(part => Parse(part[2..]).Leaves());
        }

        public string Content() => Encoding.UTF8.GetString(Header("Content-Transfer-Encoding").ToLowerInvariant() switch
        {
            "quoted-printable" => QuotedPrintable(Body, header: false),
            "base64" => Convert.FromBase64String(Body),
            _ => Encoding.Latin1.GetBytes(Body),
        }).ReplaceLineEndings("\n").TrimEnd('\n');

        private static string EncodedWords(string value)
        {
            var joined = Regex.Replace(value, @"\?=\s+=\?", "?==?", RegexOptions.None, TimeSpan.FromSeconds(5));
            var bytes = new List<byte>();
            var result = new StringBuilder();
            var at = 0;
            foreach (Match word in Regex.Matches(joined, @"=\?utf-8\?(?<form>[BQ])\?(?<text>[^?]*)\?=", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(5)))
            {
                if (word.Index > at)
                {
                    result.Append(Encoding.UTF8.GetString([.. bytes])).Append(joined, at, word.Index - at);
                    bytes.Clear();
                }

                bytes.AddRange(word.Groups["form"].Value is "B" or "b" ? Convert.FromBase64String(word.Groups["text"].Value) : QuotedPrintable(word.Groups["text"].Value, header: true));
                at = word.Index + word.Length;
            }

            return result.Append(Encoding.UTF8.GetString([.. bytes])).Append(joined, at, joined.Length - at).ToString();
        }

        private static byte[] QuotedPrintable(string text, bool header)
        {
            var bytes = new List<byte>();
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '=' && i + 2 < text.Length && text[i + 1] == '\r')
                {
                    i += 2;
                }
                else if (text[i] == '=')
                {
                    bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                    i += 2;
                }
                else
                {
                    bytes.Add((byte)(header && text[i] == '_' ? ' ' : text[i]));
                }
            }

            return [.. bytes];
        }
    }
}

namespace Triggers.Deploy.Tests;

/// <summary>Units of systemd and proxies, looked at by the tools they are for.</summary>
public sealed class HostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("triggers-deploy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ToolFact("systemd-analyze")]
    public void Systemd_finds_nothing_wrong_with_the_units()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(Files.Deploy, "systemd")))
        {
            // The program is not installed here; an instance of the template is.
            File.WriteAllText(Path.Combine(_folder, Path.GetFileName(path).Replace("@.", "@web.", StringComparison.Ordinal)), File.ReadAllText(path).Replace("/opt/triggers/triggers", "/bin/true", StringComparison.Ordinal));
        }

        var said = Tool.Run("systemd-analyze", ["verify", "--man=no", .. Directory.GetFiles(_folder)]);
        Assert.DoesNotContain(_folder, said, StringComparison.Ordinal);
    }

    [ToolFact("nginx")]
    public void Nginx_takes_its_configuration()
    {
        Tool.Run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", Path.Combine(_folder, "privkey.pem"), "-out", Path.Combine(_folder, "fullchain.pem"), "-days", "1", "-subj", "/CN=triggers.example.com");
        File.WriteAllText(Path.Combine(_folder, "triggers.conf"), Files.Text("deploy/proxy/nginx.conf").Replace("/etc/ssl/triggers", _folder, StringComparison.Ordinal));
        string[] folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        var temporary = string.Concat(folders.Select(name => $"{name}_temp_path {_folder}/{name};"));
        File.WriteAllText(Path.Combine(_folder, "nginx.conf"), $"error_log stderr; pid {_folder}/nginx.pid; events {{}} http {{ access_log off; {temporary} include {_folder}/triggers.conf; }}");

        Assert.Contains("test is successful", Tool.Run("nginx", "-t", "-e", "stderr", "-c", Path.Combine(_folder, "nginx.conf")), StringComparison.Ordinal);
    }

    [ToolFact("caddy")]
    public void Caddy_takes_its_configuration() => Tool.Run("caddy", "validate", "--adapter", "caddyfile", "--config", Path.Combine(Files.Deploy, "proxy", "Caddyfile"));

    [Fact]
    public void A_proxy_lets_through_as_much_as_the_server_takes_at_once()
    {
        var limit = Web.Limits.ImportBytesMax;
        Assert.True(9 * 1024 * 1024 > limit);
        Assert.Contains("client_max_body_size 9m;", Files.Text("deploy/proxy/nginx.conf"), StringComparison.Ordinal);
        Assert.Contains("max_size 9MB", Files.Text("deploy/proxy/Caddyfile"), StringComparison.Ordinal);
        Assert.Contains("proxy-body-size: 9m", Files.Text("deploy/kubernetes/web.yaml"), StringComparison.Ordinal);
    }
}

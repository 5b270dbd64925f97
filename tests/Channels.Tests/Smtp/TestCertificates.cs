using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Triggers.Channels.Tests.Smtp;

/// <summary>A certificate authority of this test run, trusted by this process alone, so that clients check certificates as they do in production.</summary>
internal static partial class TestCertificates
{
    private static readonly X509Certificate2 Authority = CreateAuthority();

    /// <summary>For <c>localhost</c>, by the trusted authority.</summary>
    public static X509Certificate2 Trusted { get; } = Create(Authority);

    /// <summary>For <c>localhost</c>, signed by itself.</summary>
    public static X509Certificate2 SelfSigned { get; } = Create(null);

    /// <summary>Before anything asks for the trusted roots: they are read once a process.</summary>
    [ModuleInitializer]
    internal static void Trust()
    {
        var folder = Directory.CreateTempSubdirectory("triggers-ca").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var file = Path.Combine(folder, "ca.pem");
        File.WriteAllText(file, Authority.ExportCertificatePem());
        Assert.Equal(0, SetNativeVariable("SSL_CERT_FILE", file, 1));
    }

    /// <summary>OpenSSL reads its own environment: Environment.SetEnvironmentVariable does not reach it.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);

    private static X509Certificate2 CreateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Triggers tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static X509Certificate2 Create(X509Certificate2? authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var from = DateTimeOffset.UtcNow.AddHours(-1);
        using var certificate = authority is null
            ? request.CreateSelfSigned(from, from.AddDays(1))
            : request.Create(authority, from, from.AddDays(1), RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}

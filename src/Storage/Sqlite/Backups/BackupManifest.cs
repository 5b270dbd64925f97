using System.Text.Json;

namespace Triggers.Storage.Sqlite.Backups;

/// <summary>What a back-up holds, in <c>manifest.json</c> beside its files: a folder without one is no back-up, or an unfinished one. Format: docs/formats/backup.md.</summary>
/// <param name="Version">Of this document.</param>
/// <param name="Format">Of the data folder, as in docs/formats/sqlite.md.</param>
/// <param name="TakenAt">By the clock of the machine that took it.</param>
/// <param name="NewestRecordAt">The instant of the newest record in it; null: it has none.</param>
/// <param name="Records">Appended so far, those that a retention has dropped included.</param>
/// <param name="Queued">Messages that were decided and not yet sent.</param>
public sealed record BackupManifest(
    int Version, int Format, string StoreId, DateTimeOffset TakenAt, DateTimeOffset? NewestRecordAt, long Records, long Queued, IReadOnlyList<BackedUpFile> Files)
{
    public const string FileName = "manifest.json";

    internal const int Newest = 1;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <exception cref="BackupRefusedException">There is none, or it cannot be read.</exception>
    internal static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new BackupRefusedException($"{folder} is not a back-up, or one that was not finished: it has no {FileName}.");
        }

        BackupManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(path), s_json);
        }
        catch (JsonException error)
        {
            throw new BackupRefusedException($"The back-up {folder} is damaged: {FileName} cannot be read ({error.Message}). Restore another one.", error);
        }

        if (manifest is not { Version: Newest })
        {
            throw new BackupRefusedException($"The back-up {folder} is of version {manifest?.Version}, but this version of the program knows version {Newest}. Restore it with the version that took it, or a newer one.");
        }

        return manifest.Files is { Count: > 0 } files && files.Any(file => file.Name == DataFolder.DatabaseName) && files.All(file => file.Name == Path.GetFileName(file.Name))
            ? manifest
            : throw new BackupRefusedException($"The back-up {folder} is damaged: its {FileName} lists no {DataFolder.DatabaseName}. Restore another one.");
    }

    internal byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);
}

/// <param name="Sha256">Of its content, in hex.</param>
public sealed record BackedUpFile(string Name, long Bytes, string Sha256);

/// <summary>A back-up that cannot be taken or restored; the message says what to do.</summary>
public sealed class BackupRefusedException(string message, Exception? inner = null) : StoreRefusedException(message, inner);

namespace Triggers.Storage;

/// <summary>Makes folders for their owner alone: in a data folder and in a back-up are customers, and the secret that signs links in mail.</summary>
public static class PrivateFolder
{
    /// <summary>Only if it is not there: the permissions of one that is are its owner's affair.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

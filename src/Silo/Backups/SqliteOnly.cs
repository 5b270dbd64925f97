using Triggers.Silo.Cli;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Backups;

/// <summary>Some commands are for the store that lies in a data folder: the other one has tools of its own.</summary>
internal static class SqliteOnly
{
    public static void Check(string data, string otherwise)
    {
        if (StoreChoice.Read(ServeConfiguration.Read(data), data).Connection is not null)
        {
            throw new UserErrorException($"The store of {data} is PostgreSQL (Store:Connection), which {otherwise}: see docs/backup.md.");
        }
    }
}

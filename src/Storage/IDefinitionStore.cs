using Triggers.Engine.Definitions;

namespace Triggers.Storage;

/// <summary>Every version of the definitions that was ever in force, whole.</summary>
public interface IDefinitionStore
{
    /// <summary>0: none yet.</summary>
    int LatestVersion { get; }

    /// <summary>Saves files as the next version, unless they equal the latest, whose number is then returned.</summary>
    Task<int> SaveAsync(IReadOnlyList<DefinitionFile> files, long at);

    /// <summary>Saves the files of the newest version once more, as the version with which history has been filled in.</summary>
    /// <param name="newest">What the caller takes for the newest version.</param>
    /// <param name="fills">What versions up to this one introduced is filled.</param>
    /// <returns>null: there is a newer version.</returns>
    Task<int?> SaveFilledAsync(int newest, int fills, long at);

    DefinitionVersion? Find(int version);

    /// <summary>Versions above one, ascending: a store of years has thousands, too many to hold them all with their files.</summary>
    IReadOnlyList<DefinitionVersion> Read(int after, int limit);
}

/// <param name="Fills">The files are those of the version before; what versions up to this one introduced has been filled from history. 0: a version of its own.</param>
public sealed record DefinitionVersion(int Version, long SavedAt, IReadOnlyList<DefinitionFile> Files, int Fills = 0);

/// <summary>Events that were answered 200 but could not be taken in: kept so that a developer sees why. Bounded to the newest 10,000; the count goes on.</summary>
public interface IRejectedStore
{
    Task AddAsync(IReadOnlyList<RejectedEvent> events);

    IReadOnlyList<RejectedEvent> List(long? before, int limit);

    long Total { get; }
}

/// <param name="Payload">The event as it came, cut to 4 KB.</param>
public sealed record RejectedEvent(long Sequence, long At, string Source, string Reason, string Payload);

/// <summary>How far each import has come: moved by the appends themselves (see <see cref="ImportMark"/>).</summary>
public interface IImportJournal
{
    /// <summary>The next row of a source; 0 if never seen.</summary>
    long NextRow(string sourceHash);

    IReadOnlyList<ImportEntry> List();
}

/// <param name="SourceHash">Hash of the content and of the mapping: the same file under another name is the same import.</param>
/// <param name="ExpectedRow">The journal's next row must equal this, else <see cref="AppendStatus.AlreadyImported"/>.</param>
/// <param name="NextRow">The journal's next row after this append.</param>
public sealed record ImportMark(string SourceHash, string Name, long ExpectedRow, long NextRow);

public sealed record ImportEntry(string SourceHash, string Name, long NextRow, long UpdatedAt);

/// <summary>Small named values of the server: sending paused, … Reads come from memory; what another process of a shared store sets is seen within about a second.</summary>
public interface ISettingStore
{
    /// <summary>Raised when another process was seen to have set something: take and return.</summary>
    event Action? Changed;

    string? Get(string name);

    Task SetAsync(string name, string? value);

    /// <summary>Sets a value to what becomes of it; nobody else updates it meanwhile, in this process or another. After a failure of the store it may be asked again.</summary>
    Task UpdateAsync(string name, Func<string?, Task<string?>> change);

    /// <summary>Takes in at once what other processes have set.</summary>
    void Refresh();
}

/// <summary>Finds customers by what support people know of them.</summary>
public interface ISearchIndex
{
    /// <summary>Keys of customers whose id, e-mail or name begins with the text, case-insensitive; exact matches first.</summary>
    IReadOnlyList<IndexedCustomer> Find(string text, int limit);

    /// <summary>The same of groups, by id or name; an empty text: the first by id.</summary>
    IReadOnlyList<IndexedCustomer> FindGroups(string text, int limit);
}

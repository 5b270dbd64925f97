using Triggers.Engine.Definitions;
using Triggers.Storage;

namespace Triggers.Runtime.Programs;

/// <summary>A version of the definitions as programs are compiled from it.</summary>
/// <param name="Definitions">Without templates; null: this program cannot read them.</param>
internal sealed record PastVersion(int Version, long SavedAt, DefinitionSet? Definitions, int Fills);

/// <summary>
/// Every version of the definitions, each read and parsed once: a store of years has thousands, and each program is compiled from all of them. So templates, most of their
/// bytes, are not kept, and what a version has in common with the one before it is the same object. Not for several threads at once.
/// </summary>
internal sealed class PastVersions(IDefinitionStore store)
{
    private const string Templates = "templates/";

    private readonly List<PastVersion> _all = [];
    private IReadOnlyList<DefinitionFile> _files = [];

    /// <summary>Ascending.</summary>
    public IEnumerable<PastVersion> UpTo(int version)
    {
        while (Last < version && store.Read(Last, Limits.VersionsReadAtOnce) is { Count: > 0 } some)
        {
            foreach (var saved in some)
            {
                _all.Add(new PastVersion(saved.Version, saved.SavedAt, Parse(saved.Files), saved.Fills));
                _files = saved.Files;
            }
        }

        return _all.TakeWhile(past => past.Version <= version);
    }

    private int Last => _all.Count == 0 ? 0 : _all[^1].Version;

    private DefinitionSet? Parse(IReadOnlyList<DefinitionFile> files)
    {
        var before = _all.Count == 0 ? null : _all[^1].Definitions;
        if (before is not null && IsSameButForTemplates(files))
        {
            return before;
        }

        var now = DefinitionLoader.LoadSaved(files).Definitions;
        return now is null ? null : now with
        {
            Templates = [],
            Campaigns = Shared(before?.Campaigns ?? [], now.Campaigns, IsSame),
            Segments = Shared(before?.Segments ?? [], now.Segments, static (left, right) => left == right),
        };
    }

    /// <summary>Saved files are in the order of their paths.</summary>
    private bool IsSameButForTemplates(IReadOnlyList<DefinitionFile> files)
        => files.Count == _files.Count && files.Zip(_files).All(pair =>
            pair.First.Path == pair.Second.Path && (pair.First.Path.StartsWith(Templates, StringComparison.Ordinal) || pair.First.Text == pair.Second.Text));

    private static bool IsSame(CampaignDefinition left, CampaignDefinition right) => left.Id == right.Id && left.ContentHash.Length > 0 && left.ContentHash == right.ContentHash;

    private static IReadOnlyList<T> Shared<T>(IReadOnlyList<T> before, IReadOnlyList<T> now, Func<T, T, bool> isSame)
        where T : class
    {
        var shared = new T[now.Count];
        for (var index = 0; index < shared.Length; index++)
        {
            // Most stand where they stood.
            var item = now[index];
            shared[index] = index < before.Count && isSame(before[index], item) ? before[index] : before.FirstOrDefault(other => isSame(other, item)) ?? item;
        }

        return before.Count == shared.Length && before.Zip(shared).All(pair => ReferenceEquals(pair.First, pair.Second)) ? before : shared;
    }
}

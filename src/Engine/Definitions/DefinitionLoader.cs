using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Definitions.Yaml;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions;

/// <summary>Turns the files of a definitions folder into checked definitions, or into every error that can be found at once.</summary>
public static class DefinitionLoader
{
    /// <param name="channels">The channels that send steps may name; null: those of this build.</param>
    public static DefinitionResult Load(IReadOnlyList<DefinitionFile> files, IReadOnlyList<ChannelRule>? channels = null) => Load(files, new LoadContext(channels ?? ChannelRule.Defaults));

    /// <summary>Reads a version that has been in force: what a later release finds wrong in its templates does not make it unreadable, and is found when one is rendered.</summary>
    public static DefinitionResult LoadSaved(IReadOnlyList<DefinitionFile> files) => Load(files, new LoadContext(ChannelRule.Defaults) { IsSaved = true });

    private static DefinitionResult Load(IReadOnlyList<DefinitionFile> files, LoadContext context)
    {
        var draft = new DefinitionDraft();
        var templates = new TemplateFiles(context);
        if (files.Count > Limits.DefinitionFilesMax)
        {
            context.Errors.Add("", 0, 0, "", $"The folder holds more than {Limits.DefinitionFilesMax} files.");
        }

        foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal).Take(Limits.DefinitionFilesMax))
        {
            if (file.Text.Length > Limits.DefinitionFileLengthMax)
            {
                context.Errors.Add(file.Path, 0, 0, "", $"The file has more than {Limits.DefinitionFileLengthMax} characters.");
                context.Unread.Add(file.Path);
            }
            else if (!templates.TryAdd(file))
            {
                ReadYaml(file, context, draft);
            }
        }

        var compiled = templates.Build();
        var segments = DefinitionOrder.Sort(draft, context);
        References.Check(context, draft, compiled);
        if (context.Errors.Count > 0)
        {
            return new DefinitionResult(null, context.Errors.InOrder());
        }

        return new DefinitionResult(
            new DefinitionSet
            {
                Sources = draft.Sources,
                Segments = segments,
                ComputedTraits = draft.ComputedTraits,
                Orders = draft.Orders,
                Scoring = draft.Scoring.Scoring,
                Scores = draft.Scoring.Scores,
                Lifecycle = draft.Scoring.Lifecycle,
                Sending = draft.Sending,
                Identity = draft.Identity,
                Plan = draft.Plan,
                Campaigns = draft.Campaigns.OrderBy(campaign => campaign.Id, StringComparer.Ordinal).ToList(),
                Templates = compiled,
            },
            []);
    }

    private static void ReadYaml(DefinitionFile file, LoadContext context, DefinitionDraft draft)
    {
        if (DefinitionKinds.All.FirstOrDefault(kind => kind.Matches(file.Path)) is not { } kind)
        {
            FailPlace(file, context);
            return;
        }

        var before = context.Errors.Count;
        var root = YamlReader.Read(file, context.Errors);
        if (root is not null and not YamlScalar { IsEmpty: true })
        {
            kind.Read(new At(context, file, "", root), draft);
        }
        else if (context.Errors.Count == before && kind.Path.Contains('*'))
        {
            context.Errors.Add(file.Path, 0, 0, "", "The file is empty: write a campaign, or delete it.");
        }

        if (context.Errors.Count > before && root is not YamlMap)
        {
            context.Unread.Add(file.Path);
        }
    }

    private static void FailPlace(DefinitionFile file, LoadContext context)
    {
        var paths = DefinitionKinds.All.Select(item => item.Path).ToList();
        var deeper = paths.Find(path => file.Path.EndsWith('/' + path, StringComparison.Ordinal));
        var hint = deeper is null
            ? $"{Suggest.Phrase(Suggest.For(file.Path, paths))} Files are {string.Join(", ", paths)}, templates/*.hbs."
            : $" The definitions seem to be in the folder '{file.Path[..^(deeper.Length + 1)]}' below: name that one.";
        context.Errors.Add(file.Path, 0, 0, "", $"This file has no place in a definitions folder.{hint}");
    }
}

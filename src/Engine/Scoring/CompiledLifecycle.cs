using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Scoring;

/// <summary>The stages of a program, ready for every event; and what those of earlier versions were called, whose customers have yet to be moved.</summary>
internal sealed class CompiledLifecycle
{
    private readonly Dictionary<LifecycleStage, Named> _named = [];

    /// <param name="former">Of earlier versions, oldest first.</param>
    public CompiledLifecycle(LifecycleDefinition definition, IEnumerable<LifecycleDefinition> former)
    {
        NewForMs = definition.NewForMs;
        WonBackForMs = definition.WonBackForMs;
        WonBackAfterMs = definition.WonBackAfterMs;
        AwayAfterMs = [.. definition.Away.Select(stage => stage.AfterMs)];
        Away = [.. definition.Away.Select(stage => KeyOf(stage.Id))];
        First = definition.NewForMs > 0 ? LifecycleStage.New : LifecycleStage.Active;
        foreach (var each in former.Append(definition))
        {
            foreach (var id in each.Ids)
            {
                _named[KeyOf(id)] = new Named(each.NameOf(id), Encoding.UTF8.GetBytes(each.NameOf(id)), new Counter($"lifecycle/{id}/size"));
            }
        }
    }

    public long NewForMs { get; }

    public long WonBackForMs { get; }

    public long WonBackAfterMs { get; }

    /// <summary>Ascending.</summary>
    public long[] AwayAfterMs { get; }

    /// <summary>In the order of <see cref="AwayAfterMs"/>.</summary>
    public LifecycleStage[] Away { get; }

    /// <summary>Where everyone begins.</summary>
    public LifecycleStage First { get; }

    /// <summary>Empty before the first event.</summary>
    public string NameOf(LifecycleStage stage) => _named.TryGetValue(stage, out var named) ? named.Name : "";

    public ReadOnlySpan<byte> Utf8Of(LifecycleStage stage) => _named.TryGetValue(stage, out var named) ? named.Utf8 : [];

    /// <summary>null: of a version that is no longer known.</summary>
    public Counter? SizeOf(LifecycleStage stage) => _named.GetValueOrDefault(stage)?.Size;

    /// <summary>By the stage's id, the same in every version and process.</summary>
    public static LifecycleStage KeyOf(string id) => id switch
    {
        LifecycleStages.New => LifecycleStage.New,
        LifecycleStages.Active => LifecycleStage.Active,
        LifecycleStages.AtRisk => LifecycleStage.AtRisk,
        LifecycleStages.Dormant => LifecycleStage.Dormant,
        LifecycleStages.WonBack => LifecycleStage.WonBack,
        _ => (LifecycleStage)Hash64.Of($"lifecycle: {id}"),
    };

    private sealed record Named(string Name, byte[] Utf8, Counter Size);
}

using System.Diagnostics;
using System.Text;

namespace Triggers.Engine.Tests.Definitions;

/// <summary>Alone, so that the processor time of the process is the loader's own.</summary>
[CollectionDefinition(nameof(LoadSpeedTests), DisableParallelization = true)]
[Collection(nameof(LoadSpeedTests))]
public sealed class LoadSpeedTests
{
    [Fact]
    public void Ten_thousand_segments_in_one_chain_load_within_three_seconds_of_processor_time()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 10_000; i++)
        {
            text.Append($"segment-{i}: count('Event {i}', where properties.price > {i} and properties.kind in ['a', 'b'], within 7d) >= 3{(i == 0 ? "" : $" and not segment('segment-{i - 1}')")}\n");
        }

        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var definitions = Folder.Valid(Folder.Load(("segments.yaml", text.ToString())));
        var took = Process.GetCurrentProcess().TotalProcessorTime - before;

        Assert.Equal(10_000, definitions.Segments.Count);
        Assert.True(took < TimeSpan.FromSeconds(3), $"It took {took.TotalMilliseconds} ms.");
    }
}

using System.CommandLine;
using Triggers.Silo.Bench.Cluster;
using Triggers.Silo.Bench.Growth;
using Triggers.Silo.Bench.Ingest;
using Triggers.Silo.Bench.Memory;
using Triggers.Silo.Bench.Stores;
using Triggers.Silo.Bench.Timers;
using Triggers.Silo.Bench.Viewers;

namespace Triggers.Silo.Bench;

/// <summary><c>triggers bench</c>: one command for each thing that is worth a figure.</summary>
public static class BenchCommand
{
    public static Command Create() => new("bench", "Measure.")
    {
        IngestCommand.Create(),
        TimersCommand.Create(),
        ViewersCommand.Create(),
        MemoryCommand.Create(),
        GrowthCommand.Create(),
        StoresCommand.Create(),
        ClusterCommand.Create(),
        IngestCommand.CreateBare(),
    };
}

using Triggers.Runtime;
using Triggers.Runtime.CampaignTests;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Identities;
using Triggers.Runtime.Ingest;
using Triggers.Runtime.Lists;
using Triggers.Runtime.Live;
using Triggers.Runtime.Measuring;
using Triggers.Runtime.Operations;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Simulations;
using Triggers.Runtime.Valuing;
using Triggers.Storage;

namespace Triggers.Web;

/// <summary>What HTTP needs of a server, as interfaces, so that any host (and a test) can stand behind it.</summary>
public sealed record Backend
{
    public required IStore Store { get; init; }

    public required IIngest Ingest { get; init; }

    public required IQueries Queries { get; init; }

    public required ICommands Commands { get; init; }

    public required IIdentities Identities { get; init; }

    public required IDefinitions Definitions { get; init; }

    public required ILiveFeed Live { get; init; }

    public required IOperations Operations { get; init; }

    public required ISimulations Simulations { get; init; }

    public required ICampaignTests Tests { get; init; }

    public required IFills Fills { get; init; }

    public required IStaticLists Lists { get; init; }

    public required IMeasuring Measuring { get; init; }

    public required IValuing Valuing { get; init; }

    /// <summary>Mail leaves by SMTP; otherwise it is kept in the local mailbox.</summary>
    public bool SendsMail { get; init; }

    public static Backend Of(TriggersServer server) => new()
    {
        Store = server.Store,
        Ingest = server.Ingest,
        Queries = server.Queries,
        Commands = server.Commands,
        Identities = server.Identities,
        Definitions = server.Definitions,
        Live = server.Live,
        Operations = server.Operations,
        Simulations = server.Simulations,
        Tests = server.Tests,
        Fills = server.Fills,
        Lists = server.Lists,
        Measuring = server.Measuring,
        Valuing = server.Valuing,
    };
}

namespace Triggers.Engine;

/// <summary>Every bound of the engine in one place, each with its reason, so that nothing a marketer or a visitor sends can grow without end.</summary>
public static partial class Limits
{
    /// <summary>Characters of one expression. A condition that people can still read is a tenth of this; parsing stays in the microseconds.</summary>
    public const int ExpressionLengthMax = 8_192;

    /// <summary>Parentheses, <c>not</c>s and calls inside each other. Evaluation and comparison of trees recurse: 64 levels use a few KB of stack.</summary>
    public const int ExpressionDepthMax = 64;

    /// <summary>Parts of a computed trait with those that it builds on written out. Ten traits that each name the one before twice would be a thousand; evaluation recurses.</summary>
    public const int ExpandedNodesMax = 1_000;

    /// <summary>Scores beside engagement: each earns with every event that it names. Who needs more looks for segments.</summary>
    public const int NamedScoresMax = 32;

    /// <summary>Grades of one score, each a line to watch: A to F are six.</summary>
    public const int GradesMax = 16;

    /// <summary>Stages of those who stay away: each is a line that every event moves. Finer steps are conditions on <c>since last(…)</c>.</summary>
    public const int AwayStagesMax = 8;

    /// <summary>Values in one <c>in […]</c> list. They are compared one after the other; a longer list belongs in a trait.</summary>
    public const int ExpressionListMax = 200;

    /// <summary>Characters of an event name, a path or a text in an expression. The wire format itself limits whole events to 32 KB.</summary>
    public const int ExpressionTextMax = 512;

    /// <summary>Characters of a regular expression. It matches in time proportional to the text; this and the next bound the memory of its automaton.</summary>
    public const int PatternLengthMax = 256;

    /// <summary>Characters of a regular expression with its counted repetitions written out: <c>(a{100}){100}</c> is short and has ten thousand states.</summary>
    public const int PatternSizeMax = 1_000;

    /// <summary>Bytes of a text that a regular expression looks at; longer ones match nothing. Addresses, names and codes are a hundredth of it.</summary>
    public const int PatternTextBytesMax = 4_096;

    /// <summary>Steps of a sequence. Each is looked through once, from the last to the first; a longer funnel is two segments.</summary>
    public const int SequenceStepsMax = 8;

    /// <summary>Instants kept per customer and step of a sequence or funnel with <c>same</c>, each with its value: who views more in a window looks at everything. Beyond, the window begins with the oldest that is kept.</summary>
    public const int SequenceInstantsMax = 512;

    /// <summary>Days before an anniversary: fewer than the shortest year has.</summary>
    public const int AnniversaryDaysMax = 364;

    /// <summary>Longest window and wait: ten years. Instants are 64-bit milliseconds; far longer spans are a mistyped unit.</summary>
    public const long DurationMsMax = 3_650L * 86_400_000L;

    /// <summary>Shortest window: one second, the resolution that time-driven decisions promise.</summary>
    public const long WindowMsMin = 1_000;

    /// <summary>Characters of one definition file. 10,000 segments take about 1.5 million.</summary>
    public const int DefinitionFileLengthMax = 8 * 1024 * 1024;

    /// <summary>Files in a definitions folder. A shop with 200 campaigns and as many templates has under 1,000.</summary>
    public const int DefinitionFilesMax = 20_000;

    /// <summary>Items of <c>testAddresses</c>: a team has a few, and a domain stands for many.</summary>
    public const int TestAddressesMax = 100;

    /// <summary>Maps and lists inside each other in a YAML file: reading recurses.</summary>
    public const int DefinitionDepthMax = 64;

    /// <summary>Nodes that aliases (<c>*anchor</c>) may add to one file, so that a few lines cannot expand to gigabytes.</summary>
    public const int DefinitionAliasedNodesMax = 100_000;

    /// <summary>Blocks, and calls in parentheses, inside each other in a template: the library recurses, and takes time by the square of their number.</summary>
    public const int TemplateDepthMax = 64;

    /// <summary>Errors kept of one validation: who has more wants to see the first ones, not all.</summary>
    public const int DefinitionErrorsMax = 200;

    /// <summary>Steps of one campaign, nested ones included: an entry's place and each step's counters are kept per step.</summary>
    public const int CampaignStepsMax = 200;

    /// <summary>Ids and patterns of identity.yaml that never merge: each new pair of ids is held against all of them.</summary>
    public const int NeverMergedMax = 200;

    /// <summary>Events of a tracking plan: ten times what teams keep in order.</summary>
    public const int PlannedEventsMax = 2_000;

    /// <summary>Planned properties of one event: which of them were seen is a bit each on the stack.</summary>
    public const int PlannedPropertiesMax = 256;

    /// <summary>Levels of a planned property: checking recurses.</summary>
    public const int PlannedDepthMax = 8;

    /// <summary>Violations told of one event: who sends more has sent another event.</summary>
    public const int PlanViolationsMax = 8;

    /// <summary>Characters of an id: ids stand in counter names, links and headers.</summary>
    public const int DefinitionIdLengthMax = 64;
}

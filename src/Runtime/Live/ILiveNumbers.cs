namespace Triggers.Runtime.Live;

/// <summary>The numbers of the whole server, however many processes it has, as the API shows them.</summary>
internal interface ILiveNumbers : ILag
{
    long this[string counter] { get; }

    Dictionary<string, long> All();

    /// <summary>Totals whose name begins with the prefix, under the rest of their name.</summary>
    Dictionary<string, long> Under(string prefix);

    LiveRates Rates();
}

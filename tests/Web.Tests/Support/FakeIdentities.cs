using Triggers.Runtime.Identities;
using Triggers.Runtime.Queries;

namespace Triggers.Web.Tests.Support;

public sealed class FakeIdentities : IIdentities
{
    private static readonly MergeView s_refused = new("u:ann", "a:tv", MergeKinds.Refused, "devices.recent", "more than 50 anonymous ids within 30d", DateTimeOffset.UnixEpoch, new MergeCause("event", "Signed In", "shop-web", "m1"));

    public Task<IReadOnlyList<MergeView>?> MergesOfAsync(string id, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<MergeView>?>(id == "ann" ? [s_refused] : null);

    public Task<Page<MergeView>> MergesAsync(string? kind, string? after, int limit, CancellationToken cancellation) => Task.FromResult(new Page<MergeView>(kind is null or MergeKinds.Refused ? [s_refused] : [], null));

    public Task<IdentityAnswer> MergeAsync(string id, string other, CancellationToken cancellation) =>
        Task.FromResult(id != "ann" ? new IdentityAnswer("", $"There is no customer '{id}'.", IsUnknown: true) : other == "ann" ? new IdentityAnswer("", "one already") : new IdentityAnswer("u:ann", ""));

    public Task<IdentityAnswer> SplitAsync(string id, string key, CancellationToken cancellation) =>
        Task.FromResult(id != "ann" ? new IdentityAnswer("", $"There is no customer '{id}'.", IsUnknown: true) : key == "tv" ? new IdentityAnswer("a:tv", "") : new IdentityAnswer("", $"'{key}' is none."));
}

using Triggers.Runtime.Lists;

namespace Triggers.Web.Tests.Support;

/// <summary>Static lists are tested on a whole server.</summary>
public sealed class FakeLists : IStaticLists
{
    public IReadOnlyList<ListView> List() => [];

    public ListView? Find(string id) => null;

    public Task<ListUpload> UploadAsync(string id, ListMode mode, IReadOnlyCollection<string> userIds, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> DropAsync(string id, CancellationToken cancellation) => Task.FromResult(false);

    public IReadOnlyList<string>? Members(string id, string? after, int limit) => null;

    public Task<IReadOnlyList<string>> WithEmailAsync(string email, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>([]);
}

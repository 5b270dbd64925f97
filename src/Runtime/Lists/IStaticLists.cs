namespace Triggers.Runtime.Lists;

/// <summary>Static lists: customers whom somebody put together by their ids, for conditions to ask for.</summary>
public interface IStaticLists
{
    /// <summary>Those that are there, and those that the definitions in force ask for, by id.</summary>
    IReadOnlyList<ListView> List();

    /// <summary>null: it is not there, and nothing asks for it.</summary>
    ListView? Find(string id);

    /// <summary>Changes who is on a list. Durable when it returns; customers are told of it behind that, at a bounded rate.</summary>
    /// <exception cref="ListRefusedException">It cannot be done: the message says why, and nothing or only part of it was done, which doing it again completes.</exception>
    Task<ListUpload> UploadAsync(string id, ListMode mode, IReadOnlyCollection<string> userIds, CancellationToken cancellation);

    /// <summary>Takes everybody off and then the list away. false: there is none.</summary>
    Task<bool> DropAsync(string id, CancellationToken cancellation);

    /// <summary>User ids on a list in the order of their characters, behind one; null: there is no such list.</summary>
    IReadOnlyList<string>? Members(string id, string? after, int limit);

    /// <summary>The users who have an e-mail address now, at most two; whoever was merged into another is that other one.</summary>
    Task<IReadOnlyList<string>> WithEmailAsync(string email, CancellationToken cancellation);
}

public enum ListMode
{
    /// <summary>Those who are not named leave.</summary>
    Replace = 1,
    Add = 2,
    Remove = 3,
}

/// <param name="Exists">false: definitions ask for it, and it was never uploaded: nobody is on it.</param>
/// <param name="Members">User ids on it, whoever of them was seen.</param>
/// <param name="Waiting">User ids put on it or taken off whose customers are not told yet.</param>
/// <param name="Percent">How much of the latest changes customers are told of.</param>
/// <param name="Dropping">It is being emptied, and then gone.</param>
/// <param name="UsedBy">What in the definitions in force asks for it, such as <c>segment vip-buyers</c>.</param>
/// <param name="DidYouMean">Of one that is not there: those that are and have a name like it.</param>
public sealed record ListView(
    string Id,
    bool Exists,
    long Members,
    long Waiting,
    double Percent,
    bool Dropping,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? ChangedAt,
    IReadOnlyList<string> UsedBy,
    IReadOnlyList<string> DidYouMean);

/// <param name="Added">Who was not on the list.</param>
/// <param name="Removed">Who was on it.</param>
/// <param name="Members">User ids on it now.</param>
public sealed record ListUpload(string Id, long Added, long Removed, long Members);

public sealed class ListRefusedException(string message) : Exception(message);

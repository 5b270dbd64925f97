namespace Triggers.Storage;

/// <summary>
/// Static lists: who is on each, and who of them was not told yet. The rows are their own journal: what an upload changed waits in them until a record for that customer
/// is in the log, so that a crash leaves nothing out, and a record that comes twice says nothing new.
/// </summary>
public interface IListStore
{
    /// <summary>By id.</summary>
    IReadOnlyList<StoredList> All();

    StoredList? Find(string id);

    /// <summary>Begins an upload, and the list if it is not there; gives the upload's number, which is higher than those before.</summary>
    Task<long> BeginAsync(string id, long at);

    /// <summary>Puts users on a list, all or none; at most some thousands at once.</summary>
    /// <param name="userIds">Each once.</param>
    /// <returns>How many were not on it.</returns>
    Task<int> PutAsync(string id, long upload, IReadOnlyCollection<string> userIds);

    /// <summary>Takes users off a list, all or none.</summary>
    /// <returns>How many were on it.</returns>
    Task<int> TakeAsync(string id, IReadOnlyCollection<string> userIds);

    /// <summary>Takes those off whom no upload from this one on has put on it, at most so many.</summary>
    /// <returns>How many: fewer than the limit when none are left.</returns>
    Task<int> TakeOlderAsync(string id, long upload, int limit);

    /// <summary>From now on the list is to be emptied, and gone when it is empty.</summary>
    Task<bool> DropAsync(string id, long at);

    /// <summary>Whom nobody has told yet, at most so many.</summary>
    IReadOnlyList<ListOrder> Pending(int limit);

    /// <summary>They are told: as long as nobody has ordered otherwise since, nothing waits for them any more. Dropped lists of which nothing is left are gone.</summary>
    Task DoneAsync(IReadOnlyList<ListOrder> orders);

    /// <summary>The user is on no list any more, and nobody is to be told: they are to be erased.</summary>
    /// <returns>false: the user was on none.</returns>
    Task<bool> ForgetAsync(string userId);

    /// <summary>User ids on a list in the order of their characters, behind one.</summary>
    IReadOnlyList<string> Members(string id, string? after, int limit);
}

/// <param name="Upload">Number of the latest upload.</param>
/// <param name="Members">Users on it.</param>
/// <param name="Waiting">Users who were put on it or taken off and not told yet.</param>
/// <param name="IsDropped">It is being emptied, and then gone.</param>
public sealed record StoredList(string Id, long CreatedAt, long ChangedAt, long Upload, long Members, long Waiting, bool IsDropped);

/// <param name="Joins">false: the user leaves the list.</param>
public readonly record struct ListOrder(string List, string UserId, bool Joins);

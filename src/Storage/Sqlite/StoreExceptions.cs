namespace Triggers.Storage.Sqlite;

/// <summary>Another process works on the data folder.</summary>
public sealed class StoreLockedException(string folder)
    : StoreRefusedException($"The data folder '{folder}' is in use by another process. Stop that one, or choose another folder with --data.");

/// <summary>The data folder was written by a newer version of the program.</summary>
public sealed class StoreTooNewException(string folder, int format, int known)
    : StoreRefusedException($"The data folder '{folder}' has format {format}, but this version of the program knows formats up to {known}. Start a newer version, or choose another folder with --data.");

/// <summary>A restore into the data folder was interrupted.</summary>
public sealed class StoreUnrestoredException(string folder)
    : StoreRefusedException($"A restore to the data folder '{folder}' was not finished. Run `triggers restore` to it again, or choose another folder with --data.");

/// <summary>The data folder cannot be made or written.</summary>
public sealed class StoreFolderException(string folder, string reason, Exception inner)
    : StoreRefusedException($"The data folder '{folder}' cannot be written: {reason} Give this user the right to write there, make room, or choose another folder with --data.", inner);

/// <summary>Something in the store cannot be what this program wrote.</summary>
public sealed class StoreDamagedException(string file, string reason, Exception inner)
    : StoreRefusedException($"'{file}' cannot be read: {reason} Restore a back-up, or choose another folder with --data.", inner);

/// <summary>The store's file is none of SQLite's: damaged, or something else under its name.</summary>
public sealed class StoreUnreadableException(string file, Exception inner)
    : StoreRefusedException($"'{file}' is damaged, or is not a store of this program. Restore a back-up, or choose another folder with --data.", inner);

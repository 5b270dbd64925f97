namespace Triggers.Storage;

/// <summary>A store that cannot be opened; the message is written for the operator and says what to do.</summary>
public abstract class StoreRefusedException(string message, Exception? inner = null) : Exception(message, inner);

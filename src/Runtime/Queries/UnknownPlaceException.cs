namespace Triggers.Runtime.Queries;

/// <summary>A page was asked for behind a place that no page before gave out.</summary>
public sealed class UnknownPlaceException(string place) : Exception($"'after' must be the 'next' of the page before; it is '{place}'.");

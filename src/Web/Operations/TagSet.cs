namespace Triggers.Web.Operations;

/// <summary>The attributes of one series. Found by a span of attributes without a copy of them; their order does not matter.</summary>
internal sealed class TagSet(KeyValuePair<string, object?>[] tags)
{
    public static IEqualityComparer<TagSet> Comparer { get; } = new TagComparer();

    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => tags;

    private sealed class TagComparer : IEqualityComparer<TagSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, TagSet>
    {
        public bool Equals(TagSet? x, TagSet? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equals(x.Tags, y));

        public int GetHashCode(TagSet obj) => GetHashCode(obj.Tags);

        public TagSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate.ToArray());

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            var hash = 0;
            foreach (var (key, value) in alternate)
            {
                hash ^= HashCode.Combine(string.GetHashCode(key, StringComparison.Ordinal), value);
            }

            return hash;
        }

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, TagSet other)
        {
            if (alternate.Length != other.Tags.Length)
            {
                return false;
            }

            foreach (var tag in alternate)
            {
                if (!Has(other.Tags, tag))
                {
                    return false;
                }
            }

            return true;
        }

        private static bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags, KeyValuePair<string, object?> wanted)
        {
            foreach (var (key, value) in tags)
            {
                if (key == wanted.Key && Equals(value, wanted.Value))
                {
                    return true;
                }
            }

            return false;
        }
    }
}

using System.Collections.Concurrent;
using System.Text;

namespace Triggers.Runtime.Simulations;

/// <summary>
/// Hands the states of absorbed customers to those that absorb them. Customers are lived through one after the other, in any order, so whoever comes first waits.
/// </summary>
internal sealed class Merges
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _handed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CustomerPast> _waiting = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<CustomerPast> _ready = new();

    /// <summary>Somebody who need not wait any longer.</summary>
    public bool TryTakeReady(out CustomerPast customer) => _ready.TryDequeue(out customer!);

    public void Deliver(ReadOnlySpan<byte> to, ReadOnlySpan<byte> absorbed, ReadOnlySpan<byte> state)
    {
        var pair = NameOf(to, absorbed);
        lock (_lock)
        {
            if (_waiting.Remove(pair, out var customer))
            {
                customer.Absorbed = state.ToArray();
                _ready.Enqueue(customer);
            }
            else
            {
                _handed[pair] = state.ToArray();
            }
        }
    }

    /// <summary>false: the customer waits for it, and comes back by <see cref="TryTakeReady"/>.</summary>
    public bool TryTake(CustomerPast customer, ReadOnlySpan<byte> to, ReadOnlySpan<byte> absorbed, out byte[] state)
    {
        if (customer.Absorbed is { } delivered)
        {
            (state, customer.Absorbed) = (delivered, null);
            return true;
        }

        var pair = NameOf(to, absorbed);
        lock (_lock)
        {
            if (_handed.Remove(pair, out state!))
            {
                return true;
            }

            _waiting[pair] = customer;
            return false;
        }
    }

    /// <summary>All the others are through: what is waited for will not come (its records were erased or dropped). false: nobody waits.</summary>
    public bool ReleaseAll()
    {
        lock (_lock)
        {
            foreach (var customer in _waiting.Values)
            {
                customer.Absorbed = [];
                _ready.Enqueue(customer);
            }

            var any = _waiting.Count > 0;
            _waiting.Clear();
            return any;
        }
    }

    private static string NameOf(ReadOnlySpan<byte> to, ReadOnlySpan<byte> absorbed) => $"{Encoding.UTF8.GetString(to)}\n{Encoding.UTF8.GetString(absorbed)}";
}

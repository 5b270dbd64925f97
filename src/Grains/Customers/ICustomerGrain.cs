using Orleans.Concurrency;

namespace Triggers.Grains.Customers;

/// <summary>One customer, named by its key. Called by the owner of its partition alone; it keeps to what that owner says of where the customer stands.</summary>
[Alias("triggers.customer")]
internal interface ICustomerGrain : IGrainWithStringKey
{
    /// <summary>Applies records in their order; those that the customer contains already are skipped.</summary>
    [Alias("apply")]
    Task<CustomerAnswer> ApplyAsync(CustomerCall call);

    /// <summary>The state as it stands.</summary>
    [Alias("read")]
    Task<CustomerState> ReadAsync(CustomerStand stand);

    /// <summary>The customer is flushed and memory is short: nobody waits for it to go, and nothing is lost if it stays or goes too late.</summary>
    [Alias("leave")]
    [OneWay]
    Task LeaveAsync(long epoch);
}

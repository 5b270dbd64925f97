using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Runtime.Valuing;

namespace Triggers.Web.Tests.Support;

public sealed class FakeValuing : IValuing
{
    public ValueModelView View() => new(
        DateTimeOffset.UnixEpoch, "", DateTimeOffset.UnixEpoch.AddDays(1), "count days('Order Completed'), sum('Order Completed', properties.total)", 2357, 946, 2357,
        new PurchaseParameters(0.243, 4.414, 0.793, 2.426, -9582.4), null, new HoldOut(DateTimeOffset.UnixEpoch, 90, 2000, 640.5, 612, 0.4), 1.5);

    public PredictionView? Predict(Customer customer, Program program) => null;
}

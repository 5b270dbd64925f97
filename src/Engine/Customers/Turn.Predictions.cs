using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Customers;

/// <summary>What models of purchases tell the customer: computed where all customers are known, and taken in here as told.</summary>
internal ref partial struct Turn
{
    private void ApplyPredicted()
    {
        if (!_customer.Exists)
        {
            return;
        }

        // The first time that anybody is told, what they are found to be is nothing that they have done.
        _isFindingOut = _isSilent;
        var prediction = Prediction.Parse(_record.Body);
        for (var index = 0; index < PredictedNumber.All.Count; index++)
        {
            var key = PredictedNumber.All[index].Key;
            if (prediction.NumberAt(index) is { } number)
            {
                _customer.Value(key).Set(_customer.Heap, _at, new Scalar { Type = ValueType.Number, Number = number });
            }
            else if (Customer.FindValue(_customer.Values, key) is >= 0 and var place)
            {
                _customer.ValueList.RemoveAt(_customer.Heap, place);
            }
        }

        _work.Queue(_program.PredictedSegments);
        SettleSegments();
        TestExits();
        EnterFoundOut();
    }
}

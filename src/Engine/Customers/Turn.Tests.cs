using Triggers.Engine.Scoring;

namespace Triggers.Engine.Customers;

/// <summary>Tests of campaigns: an entry that no rule stands in the way of.</summary>
internal ref partial struct Turn
{
    /// <summary>A run that is under way ends unseen.</summary>
    private void EnterAnyway()
    {
        for (var i = 0; i < _program.Campaigns.Length; i++)
        {
            if (_program.Campaigns[i].Key == _anyway)
            {
                _work.Triggered.RemoveAll(index => index == i);
                _evaluation.Since = Instants.Never;
                Enter(_program.Campaigns[i]);
                return;
            }
        }
    }
}

using System.Globalization;
using System.Text;

namespace Triggers.Engine.Messages;

/// <summary>Stops a template that writes more than a message may hold, while it writes.</summary>
internal sealed class BoundedWriter(int charsMax) : StringWriter(CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        Reserve(1);
        base.Write(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Reserve(count);
        base.Write(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Reserve(buffer.Length);
        base.Write(buffer);
    }

    public override void Write(string? value)
    {
        Reserve(value?.Length ?? 0);
        base.Write(value);
    }

    private void Reserve(int count)
    {
        if (GetStringBuilder().Length + count > charsMax)
        {
            throw new InvalidOperationException($"it renders to more than {charsMax.ToString(CultureInfo.InvariantCulture)} characters; is a loop nested in itself?");
        }
    }
}

using System.Globalization;
using System.Text;
using Triggers.Engine.Expressions.Parsing;

namespace Triggers.Engine.Expressions;

/// <summary>
/// The one text of an expression: parsing it gives an equal tree, and equal trees have the same text. State is keyed by its hash, so a change here
/// orphans what is stored (golden test: CanonicalTests). No superfluous parentheses, single quotes, one blank around operators, windows as <see cref="Duration.Format"/>.
/// </summary>
public static class Canonical
{
    internal const int OrLevel = 0, AndLevel = 1, NotLevel = 2, OperandLevel = 3;

    public static string Of(Expr expr)
    {
        var text = new StringBuilder();
        Write(text, expr, OrLevel);
        return text.ToString();
    }

    /// <summary><c>traits.address['post code']</c> of the root and a path with dots.</summary>
    public static string Path(string root, string path)
    {
        var text = new StringBuilder();
        WritePath(text, root, path);
        return text.ToString();
    }

    internal static void Write(StringBuilder text, Expr expr, int level)
    {
        var own = expr switch
        {
            JunctionExpr junction => junction.All ? AndLevel : OrLevel,
            NotExpr => NotLevel,
            CompareExpr or InExpr or OpenExpr { Type: ValueType.Boolean } => NotLevel,
            _ => OperandLevel,
        };
        if (own < level)
        {
            text.Append('(');
            WriteBare(text, expr);
            text.Append(')');
        }
        else
        {
            WriteBare(text, expr);
        }
    }

    private static void WriteBare(StringBuilder text, Expr expr)
    {
        switch (expr)
        {
            case LiteralExpr literal:
                WriteValue(text, literal.Value);
                break;
            case TraitExpr trait:
                WritePath(text, trait.OfGroup ? "group" : "traits", trait.Path);
                break;
            case PropertyExpr property:
                WritePath(text, "properties", property.Path);
                break;
            case AggregateExpr aggregate:
                WriteAggregate(text, aggregate);
                break;
            case ScoreExpr { Id.Length: 0 }:
                text.Append("score");
                break;
            case ScoreExpr score:
                WriteText(text.Append("score("), score.Id).Append(')');
                break;
            case GradeExpr grade:
                WriteText(text.Append("grade("), grade.Id.Length == 0 ? Functions.ScoreFunction.Engagement : grade.Id).Append(')');
                break;
            case LifecycleExpr:
                text.Append("lifecycle");
                break;
            case StageTimeExpr:
                text.Append("time in stage");
                break;
            case SegmentExpr segment:
                WriteText(text.Append("segment("), segment.Id).Append(')');
                break;
            case ExistsExpr exists:
                Write(text.Append("exists("), exists.Item, OperandLevel);
                text.Append(')');
                break;
            case CompareExpr compare:
                Write(text, compare.Left, OperandLevel);
                text.Append(' ').Append(Vocabulary.Operator(compare.Op).Text).Append(' ');
                Write(text, compare.Right, OperandLevel);
                WriteFolding(text, compare.IgnoresCase);
                break;
            case InExpr membership:
                Write(text, membership.Item, OperandLevel);
                WriteJoined(text.Append(" in ["), membership.Values, ", ", OperandLevel);
                WriteFolding(text.Append(']'), membership.IgnoresCase);
                break;
            case NotExpr not:
                Write(text.Append("not "), not.Inner, NotLevel);
                break;
            case JunctionExpr junction:
                WriteJoined(text, junction.Items, junction.All ? " and " : " or ", (junction.All ? AndLevel : OrLevel) + 1);
                break;
            case AnyExpr any:
                Write(text.Append("any("), any.Item, OperandLevel);
                text.Append(')');
                break;
            case OpenExpr open:
                open.Write(text);
                break;
            case OpenValueExpr value:
                value.Write(text);
                break;
            default:
                throw new InvalidOperationException($"No canonical text for {expr.GetType().Name}: add it here.");
        }
    }

    internal static void WriteFolding(StringBuilder text, bool ignoresCase) => text.Append(ignoresCase ? " ignoring case" : "");

    private static void WriteAggregate(StringBuilder text, AggregateExpr aggregate)
    {
        WriteText(text.Append(Vocabulary.Function(aggregate.Kind).Name).Append('('), aggregate.EventName);
        if (aggregate.ValuePath is not null)
        {
            WritePath(text.Append(", "), "properties", aggregate.ValuePath);
        }

        if (aggregate.Where is not null)
        {
            Write(text.Append(", where "), aggregate.Where, OrLevel);
        }

        text.Append(aggregate.Window.Kind switch
        {
            WindowKind.Within => ", within " + Duration.Format(aggregate.Window.LengthMs),
            WindowKind.SinceEntry => ", since entry",
            _ => "",
        }).Append(')');
    }

    private static void WriteJoined(StringBuilder text, IReadOnlyList<Expr> items, string separator, int level)
    {
        for (var i = 0; i < items.Count; i++)
        {
            Write(i == 0 ? text : text.Append(separator), items[i], level);
        }
    }

    private static void WriteValue(StringBuilder text, Value value)
    {
        switch (value.Type)
        {
            case ValueType.Boolean:
                text.Append(value.Number != 0 ? "true" : "false");
                break;
            case ValueType.Number:
                text.Append((value.Number + 0.0).ToString("R", CultureInfo.InvariantCulture));
                break;
            case ValueType.Duration:
                text.Append(Duration.Format((long)value.Number));
                break;
            default:
                WriteText(text, value.Text ?? "");
                break;
        }
    }

    private static void WritePath(StringBuilder text, string root, string path)
    {
        text.Append(root);
        foreach (var range in path.AsSpan().Split('.'))
        {
            var segment = path.AsSpan()[range];
            if (Names.IsPlain(segment))
            {
                text.Append('.').Append(segment);
            }
            else
            {
                WriteText(text.Append('['), segment).Append(']');
            }
        }
    }

    internal static StringBuilder WriteText(StringBuilder text, ReadOnlySpan<char> value)
    {
        text.Append('\'');
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                text.Append(c).Append(value[++i]);
                continue;
            }

            _ = c switch
            {
                '\'' => text.Append("\\'"),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when char.IsControl(c) || char.IsSurrogate(c) => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => text.Append(c),
            };
        }

        return text.Append('\'');
    }
}

package tollgate.wire.openai;

/// Where a member of an object, or an element of an array, stands in its text.
final class Place {
    /// Counted from 0 among its siblings.
    final int index;

    /// The comma before it; -1 for the first.
    final int commaBefore;

    /// Where its name begins, or the element itself.
    final int from;

    /// The comma after it; -1 for the last.
    int commaAfter = -1;

    int valueFrom;
    int valueTo;

    Place(int index, int commaBefore, int from) {
        this.index = index;
        this.commaBefore = commaBefore;
        this.from = from;
    }
}

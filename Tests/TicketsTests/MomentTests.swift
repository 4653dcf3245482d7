import Testing
import Tickets

@Suite struct MomentTests {
    @Test(arguments: [
        // from,      by,         to
        (Int64(0), Int64(5), Int64(5)),
        (5, -7, -2),
        (.max, 1, .max),
        (.max - 1, .max, .max),
        (.min, -1, .min),
        (-5, .min, .min),
        (.min, .max, -1),
    ])
    func `a moment moves by a span and stops at its ends`(_ from: Int64, _ span: Int64, _ to: Int64) {
        #expect(Moment(milliseconds: from).advanced(byMilliseconds: span) == Moment(milliseconds: to))
    }

    @Test(arguments: [
        (Int64(7), Int64(5), Int64(2)),
        (5, 7, -2),
        (.max, .min, .max),
        (.min, .max, .min),
        (0, .min, .max),
    ])
    func `the span between two moments stops at its ends`(_ later: Int64, _ earlier: Int64, _ span: Int64) {
        let moment = Moment(milliseconds: later)
        #expect(moment.milliseconds(since: Moment(milliseconds: earlier)) == span)
    }
}

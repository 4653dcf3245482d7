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

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (1_795_336_200_123, "2026-11-22T08:30:00.123Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `a moment is written as its date in UTC`(milliseconds: Int64, text: String) {
        #expect(Moment(milliseconds: milliseconds).iso8601 == text)
    }

    @Test(arguments: [Int64.min, .max])
    func `the farthest moments are written too`(milliseconds: Int64) {
        #expect(Moment(milliseconds: milliseconds).iso8601.hasSuffix("Z"))
    }
}

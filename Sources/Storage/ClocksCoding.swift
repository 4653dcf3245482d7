import Desk
import Promises
import ProtoBytes
import Tickets

/// The clocks of a ticket ⇄ the fields 2 to 8, 25 and 26 of a message: of a course in the view, of a promise in a snapshot.
///
/// Each clock counts from when the first one started, so that most moments are short.
enum ClocksCoding {
    static func write(_ clocks: TicketClocks, to writer: inout ProtoWriter) {
        let base = clocks.firstResponse.started
        writer.field(2, base.milliseconds)
        write(clocks.firstResponse, 3, since: base, to: &writer)
        write(clocks.resolution, 4, since: base, to: &writer)
        if let clock = clocks.nextResponse { write(clock, 5, since: base, to: &writer) }
        for clock in clocks.answered { write(clock, 6, since: base, to: &writer) }
        if let told = clocks.toldOfAnswer { writer.fieldAlways(25, UInt64(bitPattern: told)) }
        for line in clocks.lines {
            writer.fieldAlways(7, line.line.text)
            write(line.clock, 8, since: base, to: &writer)
        }
        // Few have one.
        guard clocks.lines.contains(where: { $0.budget != nil }) else { return }
        for line in clocks.lines { writer.fieldAlways(26, UInt64(bitPattern: line.budget ?? 0)) }
    }

    private static func write(
        _ clock: PromiseClock, _ number: UInt32, since base: Moment, to writer: inout ProtoWriter
    ) {
        let start = writer.begin(number)
        writer.field(1, span(from: base, to: clock.started))
        if let stopped = clock.stopped { writer.fieldAlways(2, span(from: clock.started, to: stopped)) }
        for pause in clock.pauses {
            writer.fieldAlways(3, span(from: clock.started, to: pause.from))
            if let end = pause.to { writer.fieldAlways(4, span(from: pause.from, to: end)) }
        }
        writer.end(start)
    }

    /// By its bits: short when it is not negative, and whatever the moments are it can be undone.
    static func span(from start: Moment, to end: Moment) -> UInt64 {
        UInt64(bitPattern: end.milliseconds &- start.milliseconds)
    }

    static func moment(_ span: UInt64, after start: Moment) -> Moment {
        Moment(milliseconds: start.milliseconds &+ Int64(bitPattern: span))
    }

    static func clock(_ bytes: UnsafeRawBufferPointer, since base: Moment) throws -> PromiseClock {
        var reader = ProtoReader(bytes)
        var (started, stopped) = (base, Moment?.none)
        var pauses: [PromiseClock.Pause] = []
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): started = moment(try reader.varint(), after: base)
            case (2, .varint): stopped = moment(try reader.varint(), after: started)
            case (3, .varint):
                pauses.append(PromiseClock.Pause(from: moment(try reader.varint(), after: started), to: nil))
            case (4, .varint):
                guard let last = pauses.indices.last else { throw DecodingFlaw("pause") }
                pauses[last].to = moment(try reader.varint(), after: pauses[last].from)
            default: try reader.skip(key)
            }
        }
        return PromiseClock(started: started, pauses: pauses, stopped: stopped)
    }
}

/// Reads the clocks of a ticket, field by field.
struct ClocksReading {
    /// From which the clocks count.
    private(set) var base = Moment.zero
    private var (first, resolution, next) = (PromiseClock?.none, PromiseClock?.none, PromiseClock?.none)
    private var (answered, lines) = ([PromiseClock](), [TicketClocks.LineClock]())
    private var line: Name?
    private var told: Int64?
    /// Of each line, or of none.
    private var budgets: [Int64] = []

    /// Reads a field that ``ClocksCoding`` writes, and skips any other.
    mutating func read(
        _ key: ProtoReader.Key, _ reader: inout ProtoReader, _ names: inout NameReading
    ) throws {
        switch (key.number, key.kind) {
        // Before the clocks, which count from it.
        case (2, .varint): base = try reader.moment()
        case (3, .bytes): first = try ClocksCoding.clock(try reader.slice(), since: base)
        case (4, .bytes): resolution = try ClocksCoding.clock(try reader.slice(), since: base)
        case (5, .bytes): next = try ClocksCoding.clock(try reader.slice(), since: base)
        case (6, .bytes): answered.append(try ClocksCoding.clock(try reader.slice(), since: base))
        case (7, .bytes): line = try names.name(try reader.slice(), "line")
        case (8, .bytes):
            guard let line else { throw DecodingFlaw("line") }
            let clock = try ClocksCoding.clock(try reader.slice(), since: base)
            lines.append(TicketClocks.LineClock(line: line, clock: clock))
        case (26, .varint): budgets.append(Int64(bitPattern: try reader.varint()))
        case (25, .varint): told = Int64(bitPattern: try reader.varint())
        default: try reader.skip(key)
        }
    }

    func clocks() throws -> TicketClocks {
        guard let first, let resolution else { throw DecodingFlaw("clock") }
        guard budgets.isEmpty || budgets.count == lines.count else { throw DecodingFlaw("budget") }
        var lines = lines
        for (index, budget) in budgets.enumerated() where budget != 0 { lines[index].budget = budget }
        return TicketClocks(
            firstResponse: first, resolution: resolution, nextResponse: next, answered: answered,
            lines: lines, toldOfAnswer: told)
    }
}

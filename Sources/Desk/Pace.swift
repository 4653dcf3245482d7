import Tickets

/// How often something happened in the last quarter of an hour, by the minute.
struct QuarterHour: Sendable {
    static let minutes: Int64 = 15

    /// By the minute, each in the place of the one a window before it.
    private var counts = [UInt32](repeating: 0, count: Int(minutes))
    /// The newest minute that is counted.
    private var newest: Int64

    init(at moment: Moment) {
        newest = Self.minute(moment)
    }

    mutating func note(at moment: Moment) {
        advance(to: moment)
        counts[Self.place(newest)] &+= 1
    }

    mutating func total(at moment: Moment) -> Int64 {
        advance(to: moment)
        return counts.reduce(0) { $0 + Int64($1) }
    }

    /// Since when it is counted, in milliseconds.
    var start: Int64 { (newest - Self.minutes + 1) * 60_000 }

    private mutating func advance(to moment: Moment) {
        let minute = Self.minute(moment)
        guard minute > newest else { return }
        for passed in max(newest + 1, minute - Self.minutes + 1)...minute { counts[Self.place(passed)] = 0 }
        newest = minute
    }

    private static func minute(_ moment: Moment) -> Int64 { moment.milliseconds / 60_000 }
    private static func place(_ minute: Int64) -> Int { Int(minute % minutes) }
}

/// How fast the tickets of a line are taken.
struct Pace: Sendable {
    /// Fewer tell nothing.
    static let claimsAtLeast: Int64 = 3

    private var claims: QuarterHour
    /// Since when it is counted.
    private let start: Int64

    init(at moment: Moment) {
        start = moment.milliseconds
        claims = QuarterHour(at: moment)
    }

    mutating func note(at moment: Moment) { claims.note(at: moment) }

    /// How long it takes at this pace until so many have been taken, in milliseconds; nil while there is no telling.
    mutating func milliseconds(for count: Int64, at moment: Moment) -> Int64? {
        let claims = claims.total(at: moment)
        guard claims >= Self.claimsAtLeast, count <= .max >> 32 else { return nil }
        return count * max(1, moment.milliseconds - max(start, self.claims.start)) / claims
    }
}

extension Exchange {
    /// Counts a claim of a ticket that waits, before it is folded.
    mutating func notePace(before event: Event) {
        guard case .claimed(let number, _, _, _) = event,
            let line = desk.tickets.look(at: number, { $0.place == .waiting ? $0.line : nil }) ?? nil
        else { return }
        let now = now
        // The first of them is where the measuring begins.
        if floor.paces.look(at: line, { _ in }) == nil {
            floor.paces[line] = Pace(at: now)
        } else {
            floor.paces[line]?.note(at: now)
        }
    }

    /// Says of a new ticket for how long it is expected to wait, so that it can be compared with how long it did. Looks at
    /// how many wait, not at each: this is asked of every ticket that comes.
    mutating func estimate(_ event: inout Event) {
        guard case .submitted(let number, let line, var submission) = event,
            // What a rule sets aside waits for nobody.
            desk.settings.rule(of: submission, { $0.status != nil }) == nil
        else { return }
        let waiting = Int64(clamping: desk.census[line].waiting)
        let isNext = waiting == 0 && floor.ready.look(at: line) { $0.isEmpty } == false
        // Where all that wait are of a policy's own order, all of them may come before it.
        let before =
            desk.settings.ranks(line)
            ? waiting : Int64(clamping: desk.census[line].waiting(from: submission.priority))
        let now = now
        submission.expectedWaitMilliseconds =
            isNext ? 0 : floor.paces[line]?.milliseconds(for: before + 1, at: now)
        event = .submitted(number, line: line, submission)
    }

    /// For how long a ticket will wait from now on, in milliseconds, if its line goes on as it did lately and nothing
    /// comes before those that do now. Nil when the desk gives no estimates, when too few were taken lately, and when the
    /// ticket waits for something else than its turn.
    package mutating func expectedWait(of standing: Standing) -> Int64? {
        guard desk.settings.givesEstimates, standing.ticket.place == .waiting, !standing.isReserved,
            !standing.hasMoreAhead
        else { return nil }
        let now = now
        return floor.paces[standing.ticket.line]?.milliseconds(for: Int64(standing.ahead) + 1, at: now)
    }

    /// For how long a ticket of normal priority would wait that came to a line now, in milliseconds; nil while there is
    /// no telling.
    mutating func expectedWait(on line: Name) -> Int64? {
        guard desk.settings.givesEstimates else { return nil }
        let (waiting, now) = (Int64(clamping: desk.census[line].waiting), now)
        // While some wait, whoever is free may lack what is asked for, or the room.
        if waiting == 0, floor.ready.look(at: line, { $0.isEmpty }) == false { return 0 }
        return floor.paces[line]?.milliseconds(for: waiting + 1, at: now)
    }
}

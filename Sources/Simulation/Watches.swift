import Desk
import Promises
import Tickets

/// One clock of a ticket, as the witness counts it: when it has run, not when it stood.
struct Watch: Sendable {
    var ordinal: UInt32 = 1
    /// Until it last stood still or stopped.
    private var runs: [Range<Moment>] = []
    /// Since when it runs; nil while it stands, and when it has stopped.
    private var since: Moment?
    private(set) var hasStopped = false
    var warned: [Int64] = []
    /// When it was due, each time that something was said of it.
    var due: [Moment] = []
    var isBroken = false

    init(_ ordinal: UInt32 = 1, from moment: Moment) {
        self.ordinal = ordinal
        since = moment
    }

    mutating func stand(at moment: Moment) {
        if let since, since < moment { runs.append(since..<moment) }
        since = nil
    }

    mutating func run(at moment: Moment) {
        if !hasStopped, since == nil { since = moment }
    }

    mutating func stop(at moment: Moment) {
        stand(at: moment)
        hasStopped = true
    }

    mutating func goOn(at moment: Moment) {
        hasStopped = false
        run(at: moment)
    }

    func hasWarned(_ milliseconds: Int64) -> Bool { warned.contains(milliseconds) }

    /// When it has run for so long, or had; nil while it does not run. It may have been before it last stood still: a
    /// ticket that was solved within its hour, made urgent, and opened again is late by a promise of half an hour.
    func moment(after milliseconds: Int64) -> Moment? {
        guard let since else { return nil }
        var left = milliseconds
        for run in runs {
            let length = run.upperBound.milliseconds(since: run.lowerBound)
            if left <= length { return run.lowerBound.advanced(byMilliseconds: left) }
            left -= length
        }
        return since.advanced(byMilliseconds: left)
    }
}

/// The clocks of one ticket. In a run somebody is always there, so that business hours are all hours.
struct Watches: Sendable {
    private(set) var first: Watch
    private(set) var next: Watch?
    private(set) var resolution: Watch
    private(set) var line: Watch
    /// Within how long its customer was told that there is a first answer.
    private(set) var told: Int64?

    /// How long the line was given by whoever escalated.
    private(set) var budget: Int64?

    /// By what a clock is judged of which so much is promised by now: a first answer by what its customer was told, too,
    /// and a line by what it was given.
    func target(_ kind: ClockKind, _ promised: Int64?) -> Int64? {
        switch kind {
        case .firstResponse: [promised, told].compactMap(\.self).min()
        case .line: budget ?? promised
        case .nextResponse, .resolution: promised
        }
    }

    init(from moment: Moment) {
        (first, resolution, line) = (Watch(from: moment), Watch(from: moment), Watch(from: moment))
    }

    mutating func follow(_ record: Record) {
        let at = record.at
        switch record.event {
        case .followedUp(_, _, _, let wakes):
            change { $0.run(at: at) }
            if first.hasStopped, next?.hasStopped != false {
                next = Watch((next?.ordinal ?? 0) + 1, from: at)
            }
            guard wakes, resolution.hasStopped else { return }
            resolution.goOn(at: at)
            (line, budget) = (Watch(line.ordinal + 1, from: at), nil)
        case .acknowledged(_, _, let promised): told = promised
        case .claimed, .woke: change { $0.run(at: at) }
        case .replied: answer(at: at)
        case .escalated(_, _, _, _, _, let budget):
            (line, self.budget) = (Watch(line.ordinal + 1, from: at), budget)
        case .handedBack, .overflowed: (line, budget) = (Watch(line.ordinal + 1, from: at), nil)
        case .resolved(_, _, let reply):
            if reply != nil { answer(at: at) }
            solve(at: at)
        case .pended(_, _, onHold: false, _, _), .amended(_, _, .status(.pending, _), _):
            change { $0.stand(at: at) }
        case .amended(_, _, .status(.solved, _), _): solve(at: at)
        default: break
        }
    }

    /// Nothing is owed until the customer writes.
    private mutating func solve(at moment: Moment) {
        resolution.stop(at: moment)
        line.stop(at: moment)
        first.stand(at: moment)
        next?.stand(at: moment)
    }

    private mutating func answer(at moment: Moment) {
        first.stop(at: moment)
        next?.stop(at: moment)
    }

    private mutating func change(_ body: (inout Watch) -> Void) {
        body(&first)
        body(&resolution)
        body(&line)
        if var watch = next {
            body(&watch)
            next = watch
        }
    }

    /// Each watch with what it measures, on a line of that name.
    func all(_ name: Name) -> [(kind: ClockKind, watch: Watch)] {
        var all = [(ClockKind.firstResponse, first), (.resolution, resolution), (.line(name), line)]
        if let next { all.append((.nextResponse, next)) }
        return all
    }

    subscript(kind: ClockKind) -> Watch? {
        get {
            switch kind {
            case .firstResponse: first
            case .nextResponse: next
            case .resolution: resolution
            case .line: line
            }
        }
        set {
            guard let newValue else { return }
            switch kind {
            case .firstResponse: first = newValue
            case .nextResponse: next = newValue
            case .resolution: resolution = newValue
            case .line: line = newValue
            }
        }
    }
}

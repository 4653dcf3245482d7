/// Looks for an order in which operations that overlapped can have happened one after the other.
///
/// Source: Wing and Gong 1993, with Lowe's memory of what was tried (2017): no pair of a set of operations done and a
/// state is looked at twice.
struct Linearizer {
    enum Outcome: Hashable, Sendable {
        /// An order exists.
        case explained
        case impossible
        /// Gave up at the bound.
        case undecided
    }

    /// Pairs of operations done and state; one ticket of a desk under faults needs a few dozen.
    static let triesMax = 200_000

    private struct Point: Hashable {
        var done: [Bool]
        var state: TicketModel
    }

    private let operations: [TicketOperation]
    private var seen: Set<Point> = []

    static func judge(_ operations: [TicketOperation], from start: TicketModel) -> Outcome {
        var linearizer = Linearizer(operations)
        return linearizer.search(from: start)
    }

    private init(_ operations: [TicketOperation]) {
        self.operations = operations.sorted {
            ($0.invoked, $0.answered ?? .max) < ($1.invoked, $1.answered ?? .max)
        }
    }

    private mutating func search(from start: TicketModel) -> Outcome {
        var stack = [Point(done: operations.map { _ in false }, state: start)]
        while let point = stack.popLast() {
            guard seen.insert(point).inserted else { continue }
            guard seen.count <= Self.triesMax else { return .undecided }
            let waiting = operations.indices.filter { !point.done[$0] }
            guard let first = waiting.compactMap({ operations[$0].answered }).min() else { return .explained }
            let smallest = waiting.compactMap {
                operations[$0].answered == nil ? nil : operations[$0].deed.token
            }.min()
            // Whatever began after another one was answered comes after that one. The earliest is tried first.
            for index in waiting.reversed() where operations[index].invoked <= first {
                // A claim that leaves an older one behind could never be followed by it.
                if case .claim(let token) = operations[index].deed, let smallest, token > smallest {
                    continue
                }
                guard let state = point.state.after(operations[index].deed) else { continue }
                var next = Point(done: point.done, state: state)
                next.done[index] = true
                stack.append(next)
            }
        }
        return .impossible
    }
}

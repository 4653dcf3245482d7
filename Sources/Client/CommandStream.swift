import Tickets

/// The commands of one call of ``Connection/perform(_:window:retriesRefusals:progress:)`` and their results.
struct CommandStream<Commands: IteratorProtocol<Command>> {
    private var commands: Commands
    private var slots: [Result<Answer, Refusal>?] = []
    /// The places of the commands that have no result. The same id may stand in several.
    private var waiting: [CommandID: [Int]] = [:]
    /// Ids in the order in which they were given; those that have their result are dropped from the front.
    private var order: [CommandID] = []
    private var orderStart = 0
    private var isExhausted = false

    init(_ commands: Commands) {
        self.commands = commands
    }

    /// Puts commands into the session's outbox until it has `count` of them, or there are no more.
    mutating func fill(
        _ session: inout BrokerSession, upTo count: Int,
        _ progress: (Int, Result<Answer, Refusal>) -> Void
    ) {
        while !isExhausted, waiting.count < count {
            guard let command = commands.next() else {
                isExhausted = true
                return
            }
            let index = slots.count
            slots.append(nil)
            do {
                try session.enqueue(command)
                waiting[command.id, default: []].append(index)
                order.append(command.id)
            } catch {
                slots[index] = .failure(error)
                progress(index, .failure(error))
            }
        }
    }

    mutating func take(
        _ id: CommandID, _ result: Result<Answer, Refusal>, _ progress: (Int, Result<Answer, Refusal>) -> Void
    ) {
        for index in waiting.removeValue(forKey: id) ?? [] {
            slots[index] = result
            progress(index, result)
        }
        while orderStart < order.count, waiting[order[orderStart]] == nil { orderStart += 1 }
    }

    /// The oldest command without a result; nil when all have one.
    var firstWaiting: CommandID? { waiting.isEmpty ? nil : order[orderStart] }

    /// The results so far; all of them once ``firstWaiting`` is nil.
    var results: [Result<Answer, Refusal>] { slots.compactMap { $0 } }
}

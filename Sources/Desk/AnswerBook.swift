import DequeModule
package import Tickets

/// The answers of the last commands, so that a retry gets the same answer and changes nothing.
package struct AnswerBook: Sendable {
    private var answers: [CommandID: Kept] = [:]
    private var order: Deque<CommandID> = []
    private let capacity: Int

    struct Kept: Hashable, Sendable {
        var fingerprint: UInt64
        var answer: Answer
    }

    enum Lookup {
        case unknown
        case known(Answer)
        /// The id was used for something else.
        case conflict
    }

    init(capacity: Int) {
        self.capacity = capacity
    }

    func look(up stamp: CommandStamp) -> Lookup {
        guard let kept = answers[stamp.id] else { return .unknown }
        return kept.fingerprint == stamp.fingerprint ? .known(kept.answer) : .conflict
    }

    mutating func keep(_ answer: Answer, for stamp: CommandStamp) {
        guard
            answers.updateValue(Kept(fingerprint: stamp.fingerprint, answer: answer), forKey: stamp.id) == nil
        else { return }
        order.append(stamp.id)
        if order.count > capacity { answers[order.removeFirst()] = nil }
    }

    /// All that is kept, oldest first, for a snapshot.
    package var entries: [(stamp: CommandStamp, answer: Answer)] {
        order.compactMap { id in
            answers[id].map { (CommandStamp(id: id, fingerprint: $0.fingerprint), $0.answer) }
        }
    }
}

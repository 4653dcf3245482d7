/// A line of a recorder's file: written whole before anything is done about it, so that a recorder that is killed
/// leaves a history that is short and not wrong.
package enum HistoryLine: Hashable, Sendable {
    case invoked(ClientCall)
    case answered(CallID, ClientCall.Outcome)

    package var text: String {
        switch self {
        case .invoked(let call):
            switch call.deed {
            case .submit: "submit \(call.invoked) \(call.id) \(call.digest)"
            case .followUp(let ticket): "follow-up \(call.invoked) \(call.id) \(call.digest) \(ticket)"
            }
        case .answered(let id, .done(let ticket, let position, let at)):
            "done \(at) \(id) \(ticket) \(position)"
        case .answered(let id, .refused(let word, let at)): "refused \(at) \(id) \(word)"
        case .answered(let id, .unknown): "unknown \(id)"
        }
    }

    /// Nil for anything that ``text`` does not write, such as half a line.
    package init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ")
        guard words.count >= 4, let time = Int64(words[1]), let id = CallID(words[2]) else { return nil }
        let numbers = words[3...].map { UInt64($0) }
        switch (words[0], numbers.count) {
        case ("submit", 1):
            guard let digest = numbers[0] else { return nil }
            self = .invoked(ClientCall(id: id, deed: .submit, digest: digest, invoked: time))
        case ("follow-up", 2):
            guard let digest = numbers[0], let ticket = numbers[1] else { return nil }
            self = .invoked(
                ClientCall(id: id, deed: .followUp(ticket: ticket), digest: digest, invoked: time))
        case ("done", 2):
            guard let ticket = numbers[0], let position = numbers[1] else { return nil }
            self = .answered(id, .done(ticket: ticket, position: position, at: time))
        case ("refused", 1): self = .answered(id, .refused(String(words[3]), at: time))
        default: return nil
        }
    }
}

extension History {
    /// Takes a recorder's file. A last line without its end is left out: the recorder was killed while it wrote.
    ///
    /// - Returns: Whole lines that make no sense.
    package mutating func take(recorder text: String) -> [String] {
        var strange: [String] = []
        var indices: [CallID: Int] = [:]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            switch HistoryLine(line) {
            case .invoked(let call)? where indices[call.id] == nil:
                indices[call.id] = calls.count
                calls.append(call)
            case .answered(let id, let outcome)?:
                guard let index = indices[id], calls[index].outcome == .unknown else {
                    strange.append(String(line))
                    continue
                }
                calls[index].outcome = outcome
            case .invoked?, nil: strange.append(String(line))
            }
        }
        return strange
    }
}

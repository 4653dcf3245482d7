package import Desk
package import Tickets

/// Does a history again: each step becomes commands that the desk decides about, at the step's own time.
///
/// No rule is bypassed and no event is made here. A step that the desk refuses ends the import.
package struct Replayer: Sendable {
    private var exchange: Exchange
    /// The ticket of each subject that was submitted.
    private var numbers: [Int: TicketNumber] = [:]
    private var commands: UInt64 = 0
    private var sessions: [Name: SessionID] = [:]
    private let key: Name

    /// Why a step could not be done.
    package struct Obstacle: Error, CustomStringConvertible, Sendable {
        package var step: Step
        package var reason: String

        package var description: String {
            "subject \(step.subject) at \(step.at.iso8601): \(reason)"
        }
    }

    /// - Parameters:
    ///   - desk: An empty desk.
    ///   - key: The name of the key that everything is done under.
    package init(_ desk: Desk, key: Name = "import") {
        exchange = Exchange(desk: desk, now: .zero)
        self.key = key
    }

    package var desk: Desk { exchange.desk }

    /// The records of one step, in order.
    ///
    /// - Throws: ``Obstacle`` when the desk refuses what the step asks for.
    package mutating func take(_ step: Step) throws(Obstacle) -> [Record] {
        var turn = Turn()
        do throws(Refusal) {
            try perform(step, into: &turn)
        } catch {
            throw Obstacle(step: step, reason: error.description)
        }
        // Nothing is silent in a history: leases and sessions are not judged, a pending ticket's time is.
        exchange.endTurn(at: step.at, judges: false, into: &turn)
        return turn.records
    }

    private mutating func perform(_ step: Step, into turn: inout Turn) throws(Refusal) {
        let at = step.at
        switch step.deed {
        case .submit(let submission):
            let answer = try send(.submit(submission), by: nil, at: at, into: &turn)
            numbers[step.subject] = answer.ticket
        case .followUp(let body):
            _ = try send(.followUp(number(of: step), body: body), by: nil, at: at, into: &turn)
        case .reply(let agent, let text):
            let (ticket, token, seen) = try claim(step, by: agent, into: &turn)
            _ = try send(.reply(ticket, token, seen: seen, text: text), by: agent, at: at, into: &turn)
            let back = Action.release(ticket, token, reason: "answered", failed: false)
            _ = try send(back, by: agent, at: at, into: &turn)
        case .move(let agent, let note):
            let (ticket, token, _) = try claim(step, by: agent, into: &turn)
            let isEscalated = desk.tickets[ticket]?.frames.isEmpty == false
            let action =
                isEscalated
                ? Action.handBack(ticket, token, note: note)
                : .escalate(ticket, token, to: nil, note: note)
            _ = try send(action, by: agent, at: at, into: &turn)
        case .solve(let agent, let text):
            let (ticket, token, seen) = try claim(step, by: agent, into: &turn)
            _ = try send(.resolve(ticket, token, seen: seen, text: text), by: agent, at: at, into: &turn)
        }
    }

    private func number(of step: Step) -> TicketNumber { numbers[step.subject] ?? TicketNumber(0) }

    private mutating func claim(
        _ step: Step, by agent: Name, into turn: inout Turn
    ) throws(Refusal) -> (TicketNumber, Token, seen: UInt32) {
        let number = number(of: step)
        let answer = try send(.claim(number, leaseMilliseconds: 60_000), by: agent, at: step.at, into: &turn)
        return (number, answer.token, desk.tickets[number]?.lastMessage ?? 0)
    }

    /// Sends a command for a person, or without one for the customers.
    private mutating func send(
        _ action: Action, by agent: Name?, at moment: Moment, into turn: inout Turn
    ) throws(Refusal) -> Answer {
        let id = session(of: agent, at: moment, into: &turn)
        commands += 1
        let command = Command(id: CommandID(high: 0x696d_706f_7274, low: commands), action: action)
        let sent = turn.directives.count
        exchange.handle(.command(id, command), at: moment, into: &turn)
        for directive in turn.directives[sent...] {
            switch directive {
            case .answer(id, command.id, let answer): return answer
            case .refuse(id, command.id, let refusal): throw refusal
            default: continue
            }
        }
        throw Refusal(.notAuthorised, "there is no session for \(agent ?? key)")
    }

    private mutating func session(of agent: Name?, at moment: Moment, into turn: inout Turn) -> SessionID {
        let name = agent ?? key
        if let id = sessions[name] { return id }
        let id = SessionID(UInt64(sessions.count) + 1)
        sessions[name] = id
        let author = agent.map { Author(role: .agent, key: $0, agent: $0) } ?? Author(role: .client, key: key)
        exchange.handle(.hello(id, author, nil), at: moment, into: &turn)
        return id
    }
}

import Desk
import Tickets

extension Swarm {
    func channel(of command: CommandID) -> Name {
        guard weighsSeats else { return "mail" }
        return ["mail", "chat", "call", "chat"][Int(command.low / 3 % 4)]
    }
}

/// How much of a seat a ticket takes, in sixteenths, by a table instead of the settings.
extension Witness {
    mutating func seeSubmitting(_ number: TicketNumber, _ channel: Name) {
        // Numbers that were lost with a commit are given again.
        if settings.seatCosts != nil { channels[number] = channel }
    }

    func sixteenths(_ number: TicketNumber) -> Int {
        guard settings.seatCosts != nil else { return 16 }
        switch channels[number] {
        case "chat": return 4
        // What came before channels were told apart may be a call.
        case "call", nil: return 16
        default: return 8
        }
    }

    func sixteenthsHeld(by node: Name, _ exchange: Exchange) -> Int {
        (exchange.desk.holdings[node] ?? []).reduce(0) { $0 + sixteenths($1) }
    }
}

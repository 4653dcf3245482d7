import Desk
import Promises
import Tickets

/// R4: a customer is told at once that their request is there, and by when they are promised an answer; once.
extension Witness {
    /// Judges a record before it is followed.
    mutating func judgeReceipt(_ record: Record) {
        let due = receipt
        switch record.event {
        case .acknowledged(let number, let letter, let promised):
            receipt = nil
            markers.reach(.acknowledged)
            findings.expect(
                .r4, due?.promised == promised,
                "event \(record.position): \(number) is promised \(promised as Any), not \(due?.promised as Any)"
            )
            findings.expect(
                .r4, due?.ticket == number && due?.text == letter.text.text && record.author == .desk,
                "event \(record.position): \(number) is told \(letter.text.text), not \(due?.text ?? "nothing")"
            )
        // What it came with is said first.
        case .amended(_, nil, .given, _), .amended(_, nil, .kind, _): break
        default:
            receipt = nil
            findings.expect(
                .r4, due == nil, "event \(record.position): nobody told the customer of \(due?.ticket as Any)"
            )
        }
    }

    /// A ticket was submitted, and is followed.
    mutating func expectReceipt(_ number: TicketNumber, _ submission: Submission, _ record: Record) {
        guard settings.acknowledgement != nil || settings.delayNotice != nil, submission.channel == "mail",
            !submission.tags.contains("direct"),
            submission.origin.map({ $0.cause == .follows }) != false
        else { return }
        if isQuiet(submission), settings.rules[0].templates.isEmpty == false {
            markers.reach(.toldByARule)
            return receipt = (number, Text.quiet(Int(number.rawValue)), nil)
        }
        guard settings.acknowledgement != nil else { return }
        let index = Int(number.rawValue) - 1
        var promised: Int64?
        if settings.keepsPromises, let place = promise(cases[index].priority, cases[index].customer) {
            promised = settings.promises.rules[place].targets.firstResponse
        }
        let due = promised.map { record.at.advanced(byMilliseconds: $0) }
        receipt = (number, Text.receipt(of: index + 1, due: due), promised)
    }
}

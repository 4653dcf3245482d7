import Desk
import Figures
import Promises
import Randomness
import Tickets

/// What people at the desk do.
extension Rehearsal {
    mutating func planShifts() {
        for crew in plan.crews {
            // The first session is the channels'.
            let roster = crew.roster(from: UInt64(people.count) + 2, seed: plan.seed)
            let shifts = crew.shifts(on: plan.calendar, of: plan.settings.hours)
            for person in roster {
                for shift in shifts {
                    agenda.plan(.begins(people.count), at: shift.begins)
                    agenda.plan(.ends(people.count), at: shift.ends)
                }
                people.append(person)
            }
        }
    }

    mutating func begin(_ index: Int) {
        let person = people[index]
        let isBack = person.isThere
        people[index].shifts += 1
        people[index].isGoing = false
        // Somebody who has not gone yet stays for the next shift.
        guard !isBack else { return handle(.seats(person.session, person.crew.seats)) }
        people[index].isThere = true
        let presence = Presence(
            name: person.name, incarnation: UInt64(now.milliseconds), line: person.crew.line,
            seats: person.crew.seats, shift: person.crew.name.text)
        let author = Author(role: .node, key: "people")
        handle(.hello(person.session, author, Hello(presence: presence, held: [])))
        agenda.plan(.sign(index), at: now.advanced(byMilliseconds: plan.settings.heartbeatMilliseconds))
    }

    mutating func giveSign(_ index: Int) {
        let person = people[index]
        guard person.isThere else { return }
        handle(.ping(person.session, person.works.map(\.held)))
        agenda.plan(.sign(index), at: now.advanced(byMilliseconds: plan.settings.heartbeatMilliseconds))
    }

    /// The shift is over: nothing new, and home when nothing is left.
    mutating func stop(_ index: Int) {
        people[index].shifts -= 1
        guard people[index].shifts == 0 else { return }
        people[index].isGoing = true
        handle(.seats(people[index].session, 0))
        goIfDone(index)
    }

    private mutating func goIfDone(_ index: Int) {
        guard people[index].isGoing, people[index].works.isEmpty, people[index].isThere else { return }
        people[index].isThere = false
        handle(.goodbye(people[index].session))
    }

    // MARK: - Work

    mutating func take(_ grant: Grant, by session: SessionID) {
        let index = Int(session.rawValue) - 2
        let work = Work(
            held: Held(ticket: grant.ticket.number, token: grant.ticket.token), seen: grant.ticket.lastMessage
        )
        people[index].works.append(work)
        schedule(work, by: index)
        if waitsForAWord(grant.ticket) {
            let seconds = 10 + Int64(people[index].random.unit() * 30)
            agenda.plan(.read(index, work), at: now.advanced(byMilliseconds: 1_000 * seconds))
        }
    }

    /// Whether somebody sits in front of a chat and has had no word yet.
    private func waitsForAWord(_ ticket: Ticket) -> Bool {
        guard ticket.frames.isEmpty, let origin = ledger.origin(of: ticket.number) else { return false }
        return plan.demand.chats.contains(origin.channel) && ledger.isUnanswered(ticket.number)
    }

    mutating func greet(_ work: Work, by index: Int) {
        guard people[index].works.contains(work) else { return }
        let hello = "Good day. I am reading what you wrote, one moment please."
        let action = Action.reply(work.held.ticket, work.held.token, seen: work.seen, text: hello)
        do throws(Refusal) {
            try ask(action, from: people[index].session)
        } catch {
            // What came meanwhile they read when they are through with the rest.
            ledger.refused(error)
        }
    }

    private mutating func schedule(_ work: Work, by index: Int) {
        let span = Int64(people[index].crew.handling.draw(from: &people[index].random))
        agenda.plan(.worked(index, work), at: now.advanced(byMilliseconds: max(1_000, span)))
    }

    mutating func drop(_ number: TicketNumber, _ token: Token, of session: SessionID) {
        let held = Held(ticket: number, token: token)
        people[Int(session.rawValue) - 2].works.removeAll { $0.held == held }
        goIfDone(Int(session.rawValue) - 2)
    }

    /// Somebody is through with a ticket, unless its customer has written meanwhile.
    mutating func finish(_ work: Work, by index: Int) {
        guard people[index].works.contains(work) else { return }
        let number = work.held.ticket
        do throws(Refusal) {
            try settle(work, by: index)
            people[index].works.removeAll { $0 == work }
            goIfDone(index)
        } catch {
            guard error.code == .newerMessage, let newest = exchange.desk.tickets[number]?.lastMessage else {
                ledger.refused(error)
                people[index].works.removeAll { $0 == work }
                return goIfDone(index)
            }
            // They read it first, and work on.
            let read = Work(held: work.held, seen: newest)
            people[index].works = people[index].works.map { $0 == work ? read : $0 }
            schedule(read, by: index)
        }
    }

    private mutating func settle(_ work: Work, by index: Int) throws(Refusal) {
        let (number, token) = (work.held.ticket, work.held.token)
        guard let ticket = exchange.desk.tickets[number],
            let line = exchange.desk.settings.line(ticket.line)
        else { return }
        let (session, crew) = (people[index].session, people[index].crew)
        let draw = Int(people[index].random.unit() * 1_000)
        let note = ledger.newNote(by: people[index].name, about: number)
        if !ticket.frames.isEmpty, !line.answersEscalated {
            try ask(.handBack(number, token, note: note), from: session)
        } else if ticket.frames.isEmpty, line.next != nil, draw < crew.escalated {
            for item in exchange.desk.openChecklist(of: number) {
                try ask(.amend(number, token, .field(Field(name: item, value: "yes"))), from: session)
            }
            try ask(.escalate(number, token, to: nil, note: note), from: session)
        } else if draw >= 1_000 - crew.asked, askedAbout.insert(number).inserted {
            try ask(.note(number, token, text: note), from: session)
            let question = "Which order is it about, and since when?"
            let answer = try ask(.reply(number, token, seen: work.seen, text: question), from: session)
            let wakes = now.advanced(byMilliseconds: 2 * CivilDay.milliseconds)
            let pending = Action.pend(
                number, answer.token, onHold: false, until: wakes, reason: "asked which order")
            try ask(pending, from: session)
            consider(questionAbout: number)
        } else {
            try ask(.note(number, token, text: note), from: session)
            let answer = "It is done. Thank you for your patience with request \(number)."
            try ask(.resolve(number, token, seen: work.seen, text: answer), from: session)
            consider(solutionOf: number)
        }
    }
}

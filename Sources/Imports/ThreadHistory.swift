import Tickets

/// A public chat in which many questions run in parallel, a message a row; some messages are marked with the thread
/// that they belong to.
///
/// A thread is a ticket. Who wrote its first marked message is the customer, whatever else they are in the chat;
/// everybody else in the thread answers. A thread is solved by its last message if somebody answered at all, and
/// by whom answered last. Messages that no thread is marked for are left out.
package enum ThreadHistory {
    /// - Throws: ``ImportFlaw`` for the first row that cannot be read.
    package static func plan(_ rows: [FileRow]) throws(ImportFlaw) -> ImportPlan {
        var threads: [[Message]] = []
        var indexes: [String: Int] = [:]
        var unmarked = 0
        for row in rows {
            guard let thread = try row.text("thread") else {
                unmarked += 1
                continue
            }
            let message = try Message(row)
            let index = indexes[thread, default: threads.count]
            if index == threads.count {
                indexes[thread] = index
                threads.append([])
            }
            threads[index].append(message)
        }
        let steps = threads.enumerated().flatMap { self.steps(of: $1, $0) }
        return ImportPlan(steps, mapped: ["of no marked thread: left out": unmarked])
    }

    private struct Message {
        var at: Moment
        var channel: Name
        var user: String
        var text: String

        init(_ row: FileRow) throws(ImportFlaw) {
            guard let at = try row.moment("timestamp") else { throw row.flaw("`timestamp` is empty") }
            self.at = at
            channel = Name(near: try row.required("channel"))
            user = try row.required("user")
            text = try row.required("text")
        }
    }

    private static func steps(of thread: [Message], _ subject: Int) -> [Step] {
        guard let first = thread.first else { return [] }
        let subjectLine = String(first.text.prefix(60).map { $0.isNewline ? " " : $0 })
        let submission = Submission(
            channel: first.channel, customer: first.user, subject: subjectLine, body: first.text)
        var steps = [Step(subject, at: first.at, .submit(submission))]
        var answerer: Name?
        for message in thread.dropFirst() {
            if message.user == first.user {
                steps.append(Step(subject, at: message.at, .followUp(message.text)))
            } else {
                let name = Name(near: message.user)
                answerer = name
                steps.append(Step(subject, at: message.at, .reply(by: name, message.text)))
            }
        }
        if let answerer, let last = thread.last {
            steps.append(Step(subject, at: last.at, .solve(by: answerer, nil)))
        }
        return steps
    }
}

import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct MailboxTests {
    @Test func `posts come out in the order they went in`() throws {
        let mailbox = try Mailbox<Int>(capacity: 100)
        for number in 0..<10 { #expect(mailbox.post(number) == .accepted) }
        var drained: [Int] = []
        mailbox.drain(into: &drained)
        #expect(drained == Array(0..<10))
        mailbox.drain(into: &drained)
        #expect(drained.count == 10)
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func `a limit changes neither order nor number`(_ limit: Int) throws {
        let mailbox = try Mailbox<Int>(capacity: 100)
        var drained: [Int] = []
        var next = 0
        for _ in 0..<50 {
            for _ in 0..<2 where mailbox.post(next) == .accepted { next += 1 }
            let before = drained.count
            mailbox.drain(into: &drained, limit: limit)
            #expect(drained.count - before <= limit)
        }
        while mailbox.count > 0 { mailbox.drain(into: &drained, limit: limit) }
        #expect(drained == Array(0..<next))
    }

    @Test func `a full mailbox refuses, and takes again after it was drained`() throws {
        let mailbox = try Mailbox<Int>(capacity: 2)
        #expect(mailbox.post(1) == .accepted)
        #expect(mailbox.post(2) == .accepted)
        #expect(mailbox.post(3) == .full)
        #expect(mailbox.postAlways(4) == .accepted)
        var drained: [Int] = []
        mailbox.drain(into: &drained, limit: 1)
        #expect(mailbox.post(5) == .full)
        mailbox.drain(into: &drained)
        #expect(mailbox.post(6) == .accepted)
        #expect(drained == [1, 2, 4])
    }

    @Test func `the descriptor is readable exactly while something waits`() throws {
        let mailbox = try Mailbox<Int>(capacity: 10)
        var poller = Poller([mailbox.pollItem])
        var drained: [Int] = []
        #expect(try poller.wait(timeoutMilliseconds: 0) == 0)
        for number in 0..<3 { #expect(mailbox.post(number) == .accepted) }
        #expect(try poller.wait(timeoutMilliseconds: 0) == 1)
        mailbox.drain(into: &drained, limit: 2)
        #expect(try poller.wait(timeoutMilliseconds: 0) == 1)
        mailbox.drain(into: &drained, limit: 2)
        #expect(try poller.wait(timeoutMilliseconds: 0) == 0)
        #expect(mailbox.post(3) == .accepted)
        #expect(try poller.wait(timeoutMilliseconds: 0) == 1)
    }

    @Test func `after close nothing is taken and nothing is lost`() throws {
        let mailbox = try Mailbox<Int>(capacity: 10)
        for number in 0..<3 { #expect(mailbox.post(number) == .accepted) }
        var drained: [Int] = []
        mailbox.drain(into: &drained, limit: 1)
        #expect(mailbox.close() == [1, 2])
        #expect(mailbox.post(3) == .full)
        #expect(mailbox.postAlways(4) == .full)
        mailbox.drain(into: &drained)
        #expect(drained == [0])
        #expect(mailbox.close().isEmpty)
    }

    // Four threads post 10,000 numbers each, with the bound in their way; one drains, sleeping in between.
    @Test func `posts of several threads all arrive, each thread's in its order`() throws {
        let (threadCount, postCount) = (4, 10_000)
        let mailbox = try Mailbox<(thread: Int, number: Int)>(capacity: 1_000)
        let threads = try (0..<threadCount).map { thread in
            try DedicatedThread(named: "poster \(thread)") {
                for number in 0..<postCount {
                    while mailbox.post((thread, number)) == .full {}
                }
            }
        }
        var next = [Int](repeating: 0, count: threadCount)
        var poller = Poller([mailbox.pollItem])
        var posts: [(thread: Int, number: Int)] = []
        while next.reduce(0, +) < threadCount * postCount {
            guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else { throw NothingCame() }
            posts.removeAll(keepingCapacity: true)
            mailbox.drain(into: &posts, limit: 300)
            for post in posts {
                guard post.number == next[post.thread] else {
                    Issue.record("thread \(post.thread): \(post.number) instead of \(next[post.thread])")
                    return
                }
                next[post.thread] += 1
            }
        }
        for thread in threads { thread.join() }
        #expect(mailbox.count == 0)
    }
}

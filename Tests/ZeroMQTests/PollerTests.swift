import Glibc
import Synchronization
import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1)))
struct PollerTests {
    @Test func `many rings are one, until they are cleared`() throws {
        let wakeUp = try WakeUp()
        var poller = Poller([PollItem(fileDescriptor: wakeUp.fileDescriptor)])
        #expect(try poller.wait(timeoutMilliseconds: 0) == 0)
        wakeUp.clear()
        for _ in 0..<3 { wakeUp.ring() }
        #expect(try poller.wait(timeoutMilliseconds: nil) == 1)
        #expect(try poller.wait(timeoutMilliseconds: nil) == 1)
        wakeUp.clear()
        #expect(try poller.wait(timeoutMilliseconds: 0) == 0)
    }

    @Test func `ringing keeps errno, as a signal handler must`() throws {
        let wakeUp = try WakeUp()
        errno = 77
        wakeUp.ring()
        #expect(errno == 77)
    }

    @Test func `the poller says which of its items is ready`() throws {
        try withRouter { router, endpoint in
            let wakeUp = try WakeUp()
            var poller = Poller([router.pollItem, PollItem(fileDescriptor: wakeUp.fileDescriptor)])
            wakeUp.ring()
            #expect(try poller.wait(timeoutMilliseconds: 20_000) == 1)
            #expect(!poller.isReady(0))
            #expect(poller.isReady(1))
            wakeUp.clear()
            let dealer = try makeDealer(endpoint)
            try dealer.sendOnceConnected([1])
            #expect(try poller.wait(timeoutMilliseconds: 20_000) == 1)
            #expect(poller.isReady(0))
            #expect(!poller.isReady(1))
        }
    }

    @Test(arguments: [0, -1, 1, 20])
    func `a wait for nothing ends`(_ milliseconds: Int) throws {
        var poller = Poller([])
        #expect(try poller.wait(timeoutMilliseconds: milliseconds) == 0)
    }

    @Test func `a signal does not end a wait`() throws {
        signal(SIGUSR1) { _ in }
        let wakeUp = try WakeUp()
        let sleeper = Mutex<pthread_t?>(nil)
        let outcome = Mutex<Result<Int, ZeroMQError>?>(nil)
        let ready = try WakeUp()
        let thread = try DedicatedThread(named: "sleeper") {
            // Threads begin with the mask of the thread that made them, and those of tasks block all signals.
            var signals = sigset_t()
            sigaddset(&signals, SIGUSR1)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            sleeper.withLock { $0 = pthread_self() }
            ready.ring()
            var poller = Poller([PollItem(fileDescriptor: wakeUp.fileDescriptor)])
            let result = Result { () throws(ZeroMQError) in try poller.wait(timeoutMilliseconds: nil) }
            outcome.withLock { $0 = result }
        }
        ready.wait()
        let target = try #require(sleeper.withLock { $0 })
        for _ in 0..<100 {
            pthread_kill(target, SIGUSR1)
            // Lets the sleeper fall asleep again. Nothing tells that a thread sleeps; fewer signals that
            // find it asleep would only test less.
            usleep(100)
        }
        #expect(outcome.withLock { $0 } == nil)
        wakeUp.ring()
        thread.join()
        #expect(try outcome.withLock { $0 }?.get() == 1)
    }
}

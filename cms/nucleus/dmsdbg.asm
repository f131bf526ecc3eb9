         TITLE 'DMSDBG - DEBUG'
*---------------------------------------------------------------------
* DEBUG    Command.  Shows the registers and the PSW of the last
*          program check that nobody has looked at, else of its caller.
* DMSDBG   From DMSITE (interruption key): R14, R15 are in EXTSAVE, the
*          PSW is EXTOPSW.
* DBGHOOK  From DMSITP by PGMHOOK while there are breakpoints: a program
*          check at one of them enters DEBUG, others go on in DMSITP.
*          A breakpoint is X'E0' and its number in place of the first
*          two bytes of an instruction; it is gone when it was hit.
*          Subcommands come from the console, not from the stack:
*          BREAK CAW CSW DEFINE DUMP GO GPR HX ORIGIN PSW RETURN SET
*          STORE X.
*---------------------------------------------------------------------
DMSDBGS  CSECT
         USING NUCON,0
         EXTRN CONLINE,ABNHX
         ENTRY DMSDBG
DEBUG    FENTER BASE=DMSDBGS
         MVI   DBGHOW,C'C'
         ST    R13,DBGR13
         L     R2,CURRSAVE         the caller
         MVC   DBGPSW,OLDPSW-SSAVE(R2)
         MVC   DBGREGS(64),EGPRS-SSAVE(R2)
         TM    DBGFLAGS,DBGPGM
         BZ    DBG1
         MVC   DBGPSW,PGMOPSW
         MVC   DBGREGS(64),GPRLOG
         NI    DBGFLAGS,255-DBGPGM
DBG1     LA    R1,=C'DEBUG ENTERED'
         LA    R0,13
         B     DBGGO
         DROP  R12
DMSDBG   STM   R0,R13,DBGREGS-DMSDBG(R14)
         LR    R12,R14
         USING DMSDBG,R12
         L     R12,DBGBASE
         DROP  R12
         USING DMSDBGS,R12
         MVC   DBGREGS+56(8),EXTSAVE
         MVC   DBGPSW,EXTOPSW
         MVI   DBGHOW,C'X'
         LA    R1,=C'DEBUG ENTERED EXTERNAL INTERRUPT'
         LA    R0,32
         B     DBGGO
         DROP  R12
DBGBASE  DC    A(DMSDBGS)
*              R15 = DBGHOOK, registers are in GPRLOG
         USING DBGHOOK,R15
DBGHOOK  L     R12,DBGBASE2
         DROP  R15
         USING DMSDBGS,R12
         CLI   PGMOPSW+3,1
         BNE   DBGNOT
         L     R2,PGMOPSW+4
         LA    R2,0(,R2)
         SH    R2,=H'6'            X'E0' is six bytes long
         BNP   DBGNOT
         LA    R3,DBGBRK
         LA    R4,16
DBGH1    C     R2,0(,R3)
         BE    DBGHIT
         LA    R3,8(,R3)
         BCT   R4,DBGH1
DBGNOT   SR    R0,R0               none of ours: as without us
         ST    R0,PGMHOOK
         LM    R0,R15,GPRLOG
         LPSW  PGMNPSW
DBGBASE2 DC    A(DMSDBGS)
DBGHIT   CLI   0(R2),X'E0'
         BNE   DBGNOT
         MVC   0(2,R2),4(R3)
         XC    0(4,R3),0(R3)
         BAL   R10,DBGSETH
         MVC   DBGPSW,PGMOPSW
         STCM  R2,7,DBGPSW+5
         MVC   DBGREGS(64),GPRLOG
         MVI   DBGHOW,C'B'
         MVC   DBGMSGB+25(2),=C'00'
         LA    R5,16
         SR    R5,R4
         CVD   R5,DBGDW
         UNPK  DBGMSGB+25(2),DBGDW+6(2)
         OI    DBGMSGB+26,X'F0'
         ST    R2,DBGWORD
         BAL   R10,DBGHEX
         MVC   DBGMSGB+31(6),DBGHEXO+2
         LA    R1,DBGMSGB
         LA    R0,37
*---------------------------------------------------------------------
* Loop of subcommands
*---------------------------------------------------------------------
DBGGO    MVC   DBGCSW(12),CSW
         LA    R13,DBGSTK
         LR    R2,R1
         LR    R3,R0
         DMSERR 'DMSDBG728I %1',SUB=(CHARL,0(,R2),R3)
DBGLOOP  LA    R1,DBGLINE
         L     R15,=A(CONLINE)
         BALR  R14,R15
         LTR   R15,R15
         BNZ   DBGHX               no console
         LA    R1,DBGLINE
         LA    R2,DBGTOKS
         LA    R3,8
         NUCALL ASCANN
         LTR   R0,R0
         BZ    DBGLOOP
         LA    R9,DBGTOKS+8        R9 = operands
         LA    R2,DBGTAB
DBGS1    SR    R3,R3
         IC    R3,8(,R2)           smallest length - 1
         EX    R3,DBGCLC
         BNE   DBGS2
         LA    R4,DBGTOKS+7        the rest must be as in the name
         LA    R5,7
DBGS3    CLI   0(R4),C' '
         BNE   DBGS4
         BCTR  R4,0
         BCT   R5,DBGS3
DBGS4    EX    R5,DBGCLC
         BE    DBGS5
DBGS2    LA    R2,12(,R2)
         CLI   0(R2),X'FF'
         BNE   DBGS1
         LA    R1,=C'INVALID DEBUG REQUEST'
         LA    R0,21
         B     DBGSAY
DBGS5    MVC   DBGHALF,10(R2)
         LH    R2,DBGHALF
         B     DMSDBGS(R2)
DBGCLC   CLC   DBGTOKS(0),0(R2)
DBGSAY   NUCALL ADMSCWR
         B     DBGLOOP
DBGEOPR  LA    R1,=C'INVALID OPERAND'
         LA    R0,15
         B     DBGSAY
DBGEMIS  LA    R1,=C'MISSING OPERAND'
         LA    R0,15
         B     DBGSAY
DBGEMANY LA    R1,=C'TOO MANY OPERANDS'
         LA    R0,17
         B     DBGSAY
DBGEXIT  LA    R1,=C'INCORRECT DEBUG EXIT'
         LA    R0,20
         B     DBGSAY
*---------------------------------------------------------------------
* Ends: RETURN, HX, GO [location]
*---------------------------------------------------------------------
DBGRET   CLI   DBGHOW,C'C'
         BNE   DBGEXIT
         L     R13,DBGR13
         MVC   CSW(12),DBGCSW
         FRET  RC=0
DBGHX    L     R15,=A(ABNHX)
         BR    R15
DBGGOTO  CLI   DBGHOW,C'C'
         BE    DBGEXIT
         CLI   0(R9),X'FF'
         BE    DBGGO1
         BAL   R10,DBGADDR
         STCM  R2,7,DBGPSW+5
DBGGO1   MVC   CSW(12),DBGCSW
         MVC   RETPSW,DBGPSW
         LM    R0,R15,DBGREGS
         LPSW  RETPSW
*---------------------------------------------------------------------
* What is shown: PSW, CSW, CAW, GPR r [r], X location [n]
*---------------------------------------------------------------------
DBGPSWC  LA    R2,DBGPSW
         B     DBG8
DBGCSWC  LA    R2,DBGCSW
DBG8     MVC   DBGWORD,0(R2)
         BAL   R10,DBGHEX
         MVC   DBGLINE(8),DBGHEXO
         MVI   DBGLINE+8,C' '
         MVC   DBGWORD,4(R2)
         BAL   R10,DBGHEX
         MVC   DBGLINE+9(8),DBGHEXO
         LA    R0,17
         B     DBGTYPE
DBGCAWC  LA    R2,DBGCSW+8
         MVC   DBGWORD,0(R2)
         BAL   R10,DBGHEX
         MVC   DBGLINE(8),DBGHEXO
         LA    R0,8
DBGTYPE  LA    R1,DBGLINE
         B     DBGSAY
DBGGPR   BAL   R10,DBGREG
         LR    R4,R2
         LR    R5,R2
         CLI   0(R9),X'FF'
         BE    DBGGPR1
         BAL   R10,DBGREG
         LR    R5,R2
         CR    R5,R4
         BL    DBGEOPR
DBGGPR1  LR    R2,R4
         SLL   R2,2
         L     R1,DBGREGS(R2)
         ST    R1,DBGWORD
         BAL   R10,DBGHEX
         MVC   DBGLINE(4),=C'GPR '
         CVD   R4,DBGDW
         UNPK  DBGLINE+4(2),DBGDW+6(2)
         OI    DBGLINE+5,X'F0'
         MVI   DBGLINE+6,C' '
         MVC   DBGLINE+7(8),DBGHEXO
         LA    R1,DBGLINE
         LA    R0,15
         NUCALL ADMSCWR
         LA    R4,1(,R4)
         CR    R4,R5
         BNH   DBGGPR1
         B     DBGLOOP
DBGX     BAL   R10,DBGADDR
         LR    R4,R2
         LR    R2,R3               default: length of the symbol
         CLI   0(R9),X'FF'
         BE    DBGX1
         BAL   R10,DBGNUM
DBGX1    LTR   R2,R2
         BNP   DBGEOPR
         CH    R2,=H'56'
         BH    DBGEOPR
         LR    R1,R4
         AR    R1,R2
         C     R1,VMSIZE
         BH    DBGEOPR
         LA    R5,DBGLINE
         LR    R6,R2
DBGX2    UNPK  0(3,R5),0(2,R4)
         TR    0(2,R5),DBGHEXT-C'0'
         LA    R4,1(,R4)
         LA    R5,2(,R5)
         BCT   R2,DBGX2
         LR    R0,R6
         AR    R0,R0
         B     DBGTYPE
*---------------------------------------------------------------------
* What is changed: SET, STORE, ORIGIN, DEFINE, BREAK
*---------------------------------------------------------------------
DBGSET   LA    R9,8(,R9)
         LA    R4,DBGPSW
         LA    R6,2
         CLC   DBGTOKS+8(8),=CL8'PSW'
         BE    DBGSET1
         LA    R4,DBGCSW
         CLC   DBGTOKS+8(8),=CL8'CSW'
         BE    DBGSET1
         LA    R4,DBGCSW+8
         LA    R6,1
         CLC   DBGTOKS+8(8),=CL8'CAW'
         BE    DBGSET1
         CLC   DBGTOKS+8(8),=CL8'GPR'
         BNE   DBGEOPR
         BAL   R10,DBGREG
         SLL   R2,2
         LA    R4,DBGREGS(R2)
         LA    R6,2
         CH    R2,=H'60'
         BL    DBGSET1
         LA    R6,1
DBGSET1  BAL   R10,DBGHEXI
         ST    R2,0(,R4)
         LA    R4,4(,R4)
         CLI   0(R9),X'FF'
         BE    DBGLOOP
         BCT   R6,DBGSET1
         B     DBGEMANY
DBGSTORE BAL   R10,DBGADDR
         LR    R4,R2
         LA    R6,3
DBGSTO1  BAL   R10,DBGHEXI         R2 = value, R3 = digits
         TM    DBGODD,X'01'
         BO    DBGEOPR
         SRL   R3,1
         LR    R1,R4
         AR    R1,R3
         C     R1,VMSIZE
         BH    DBGEOPR
         ST    R2,DBGWORD
         LA    R1,DBGWORD+4
         SR    R1,R3
         BCTR  R3,0
         EX    R3,DBGSTOM
         LA    R4,1(R3,R4)
         CLI   0(R9),X'FF'
         BE    DBGLOOP
         BCT   R6,DBGSTO1
         B     DBGEMANY
DBGSTOM  MVC   0(0,R4),0(R1)
DBGORIG  L     R4,DBGORG
         SR    R0,R0
         ST    R0,DBGORG
         BAL   R10,DBGADDR
         ST    R2,DBGORG
         B     DBGLOOP
DBGDEF   CLI   0(R9),X'FF'
         BE    DBGEMIS
         MVC   DBGNAME,0(R9)
         LA    R9,8(,R9)
         BAL   R10,DBGADDR
         LR    R4,R2
         LA    R2,4
         CLI   0(R9),X'FF'
         BE    DBGDEF1
         BAL   R10,DBGNUM
DBGDEF1  LA    R5,DBGSYM
         LA    R6,16
DBGDEF2  CLC   0(8,R5),DBGNAME
         BE    DBGDEF3
         CLI   0(R5),0
         BE    DBGDEF3
         LA    R5,16(,R5)
         BCT   R6,DBGDEF2
         LA    R1,=C'16 SYMBOLS ALREADY DEFINED'
         LA    R0,26
         B     DBGSAY
DBGDEF3  MVC   0(8,R5),DBGNAME
         ST    R4,8(,R5)
         ST    R2,12(,R5)
         B     DBGLOOP
DBGBREAK BAL   R10,DBGREG          number, 0 to 15
         LR    R4,R2
         SLL   R4,3
         LA    R4,DBGBRK(R4)
         LR    R6,R2
         BAL   R10,DBGADDR
         LA    R5,1
         NR    R5,R2
         BNZ   DBGEOPR
         LA    R1,6(,R2)
         C     R1,VMSIZE
         BH    DBGEOPR
         L     R5,0(,R4)           the old one
         LTR   R5,R5
         BZ    DBGBR1
         CLI   0(R5),X'E0'
         BNE   DBGBR1
         MVC   0(2,R5),4(R4)
DBGBR1   ST    R2,0(,R4)
         MVC   4(2,R4),0(R2)
         MVI   0(R2),X'E0'
         STC   R6,1(,R2)
         BAL   R10,DBGSETH
         B     DBGLOOP
*              PGMHOOK: as long as there are breakpoints.  Link R10
DBGSETH  SR    R5,R5
         LA    R1,DBGBRK
         LA    R0,16
DBGSETH1 O     R5,0(,R1)
         LA    R1,8(,R1)
         BCT   R0,DBGSETH1
         ST    R5,PGMHOOK
         LTR   R5,R5
         BCR   8,R10
         LA    R5,DBGHOOK
         ST    R5,PGMHOOK
         BR    R10
*---------------------------------------------------------------------
* DUMP [from [to | * | 32] [title]]: on the printer, else typed
*---------------------------------------------------------------------
DBGDUMP  SR    R4,R4
         LA    R5,32
         MVC   DBGNAME,=CL8' '
         CLI   0(R9),X'FF'
         BE    DBGDU2
         BAL   R10,DBGADDR
         LR    R4,R2
         LA    R5,32(,R4)
         CLI   0(R9),X'FF'
         BE    DBGDU2
         L     R5,VMSIZE
         CLC   0(8,R9),=CL8'*'
         BE    DBGDU1
         LA    R5,32(,R4)
         CLC   0(8,R9),=CL8'32'
         BE    DBGDU1
         BAL   R10,DBGADDR
         LR    R5,R2
         SH    R9,=H'8'
DBGDU1   LA    R9,8(,R9)
         CLI   0(R9),X'FF'
         BE    DBGDU2
         MVC   DBGNAME,0(R9)
DBGDU2   CR    R4,R5
         BNL   DBGEOPR
         C     R5,VMSIZE
         BH    DBGEOPR
         N     R4,=X'FFFFFFE0'
         MVC   DBGOUT,DBGOUT-1
         MVC   DBGOUT+1(8),DBGNAME
         BAL   R10,DBGPRT
DBGDU3   MVC   DBGOUT,DBGOUT-1
         ST    R4,DBGWORD
         BAL   R10,DBGHEX
         MVC   DBGOUT+1(6),DBGHEXO+2
         LA    R6,DBGOUT+9
         LA    R7,8
DBGDU4   MVC   DBGWORD,0(R4)
         BAL   R10,DBGHEX
         MVC   0(8,R6),DBGHEXO
         LA    R6,9(,R6)
         LA    R4,4(,R4)
         BCT   R7,DBGDU4
         SH    R4,=H'32'
         MVC   DBGOUT+83(32),0(R4)
         TR    DBGOUT+83(32),DBGPRNT
         BAL   R10,DBGPRT
         LA    R4,32(,R4)
         CR    R4,R5
         BL    DBGDU3
         B     DBGLOOP
DBGPRT   LA    R1,DBGPRPL
         SVC   202
         DC    AL4(1)
         LTR   R15,R15
         BCR   8,R10
         LA    R1,DBGOUT+1
         LA    R0,L'DBGOUT-1
         NUCALL ADMSCWR
         BR    R10
*---------------------------------------------------------------------
* Operands at R9; R9 is moved behind.  Link R10
* DBGADDR  symbol, or hexadecimal + origin: R2, R3 = length
* DBGREG   number of a register: R2
* DBGNUM   decimal number: R2
* DBGHEXI  hexadecimal: R2, R3 = digits
* DBGHEX   DBGWORD as 8 digits to DBGHEXO
*---------------------------------------------------------------------
DBGADDR  CLI   0(R9),X'FF'
         BE    DBGEMIS
         LA    R1,DBGSYM
         LA    R0,16
DBGA1    CLC   0(8,R1),0(R9)
         BE    DBGA2
         LA    R1,16(,R1)
         BCT   R0,DBGA1
         ST    R10,DBGLINK
         BAL   R10,DBGHEXI
         L     R10,DBGLINK
         A     R2,DBGORG
         LA    R3,4
         B     DBGA3
DBGA2    L     R2,8(,R1)
         L     R3,12(,R1)
         LA    R9,8(,R9)
DBGA3    LTR   R2,R2
         BM    DBGEOPR
         C     R2,VMSIZE
         BNL   DBGEOPR
         BR    R10
DBGREG   ST    R10,DBGLINK
         BAL   R10,DBGNUM
         L     R10,DBGLINK
         CH    R2,=H'15'
         BNH   0(,R10)
         B     DBGEOPR
DBGNUM   CLI   0(R9),X'FF'
         BE    DBGEMIS
         SR    R2,R2
         LR    R1,R9
         LA    R3,4
DBGN1    CLI   0(R1),C'0'
         BL    DBGN2
         MH    R2,=H'10'
         SR    R0,R0
         IC    R0,0(,R1)
         AR    R2,R0
         SH    R2,=H'240'
         LA    R1,1(,R1)
         BCT   R3,DBGN1
DBGN2    CR    R1,R9
         BE    DBGEOPR
         CLI   0(R1),C' '
         BNE   DBGEOPR
         LA    R9,8(,R9)
         BR    R10
DBGHEXI  CLI   0(R9),X'FF'
         BE    DBGEMIS
         SR    R2,R2
         SR    R3,R3
DBGHI1   LA    R1,0(R3,R9)
         CLI   0(R1),C' '
         BE    DBGHI3
         SR    R0,R0
         IC    R0,0(,R1)
         SH    R0,=H'240'
         BNM   DBGHI2
         AH    R0,=H'57'
         CH    R0,=H'10'
         BL    DBGEOPR
         CH    R0,=H'15'
         BH    DBGEOPR
DBGHI2   SLL   R2,4
         OR    R2,R0
         LA    R3,1(,R3)
         CH    R3,=H'8'
         BL    DBGHI1
DBGHI3   STC   R3,DBGODD
         LA    R9,8(,R9)
         BR    R10
DBGHEX   UNPK  DBGHEXO(9),DBGWORD(5)
         TR    DBGHEXO(8),DBGHEXT-C'0'
         BR    R10
         LTORG
*        name, smallest length - 1, 0, routine
DBGTAB   DC    CL8'BREAK',AL1(1,0),AL2(DBGBREAK-DMSDBGS)
         DC    CL8'CAW',AL1(2,0),AL2(DBGCAWC-DMSDBGS)
         DC    CL8'CSW',AL1(2,0),AL2(DBGCSWC-DMSDBGS)
         DC    CL8'DEFINE',AL1(2,0),AL2(DBGDEF-DMSDBGS)
         DC    CL8'DUMP',AL1(1,0),AL2(DBGDUMP-DMSDBGS)
         DC    CL8'GO',AL1(1,0),AL2(DBGGOTO-DMSDBGS)
         DC    CL8'GPR',AL1(2,0),AL2(DBGGPR-DMSDBGS)
         DC    CL8'HX',AL1(1,0),AL2(DBGHX-DMSDBGS)
         DC    CL8'ORIGIN',AL1(1,0),AL2(DBGORIG-DMSDBGS)
         DC    CL8'PSW',AL1(2,0),AL2(DBGPSWC-DMSDBGS)
         DC    CL8'RETURN',AL1(2,0),AL2(DBGRET-DMSDBGS)
         DC    CL8'SET',AL1(2,0),AL2(DBGSET-DMSDBGS)
         DC    CL8'STORE',AL1(1,0),AL2(DBGSTORE-DMSDBGS)
         DC    CL8'X',AL1(0,0),AL2(DBGX-DMSDBGS)
         DC    X'FF'
DBGDW    DC    D'0'
DBGPSW   DC    D'0'
DBGCSW   DC    D'0',F'0'           CSW, CAW
DBGREGS  DC    16F'0'
DBGR13   DC    A(0)
DBGLINK  DC    A(0)
DBGORG   DC    F'0'
DBGWORD  DC    F'0'
         DC    X'00'
DBGHALF  DC    H'0'
DBGHEXO  DC    CL9' '
DBGHOW   DC    C' '
DBGODD   DC    X'00'
DBGNAME  DC    CL8' '
DBGHEXT  DC    C'0123456789ABCDEF'
DBGBRK   DC    16D'0'              breakpoints: address, two bytes
DBGSYM   DC    16XL16'00'          symbols: name, address, length
DBGMSGB  DC    C'DEBUG ENTERED BREAKPOINT 00 AT 000000'
DBGTOKS  DC    9CL8' '
DBGPRPL  DS    0D
         DC    CL8'PRINTR',A(DBGOUT),A(L'DBGOUT)
         DC    C' '
DBGOUT   DC    CL116' '
DBGLINE  DC    CL132' '
DBGPRNT  DC    64C'.',C' ',191AL1(*-DBGPRNT)
DBGSTK   DC    126F'0'
         COPY  REGEQU
         COPY  NUCON
         COPY  SSAVE
         END   DMSDBGS

         TITLE 'DMSTIM - date, time of day, CPU time'
*---------------------------------------------------------------------
* GETCLK   Sets CURRDATE mm/dd/yy, CURRTIME hh:mm:ss, CURRVIRT and
*          CURRCPUT (milliseconds).
*          The status page, which CP keeps up to date, when it is
*          there.  Else, virtual: DIAGNOSE 0C; bare: the TOD clock and,
*          when it is installed, the CPU timer.
*          Exit: R15 = 0
* CMSTIME  Function: the same
*---------------------------------------------------------------------
DMSTIM   CSECT
         USING NUCON,0
GETCLK   SUBENT
         L     R11,ASTATPG
         LTR   R11,R11
         BNZ   CLKPAGE
         TM    IMPFLAGS,IMPVIRT
         BZ    CLKBARE
         LA    R4,CLKAREA
         DC    X'8345000C'         DIAGNOSE 0C, R4
         MVC   CURRDATE(16),CLKAREA
         LM    R4,R5,CLKAREA+16
         BAL   R10,CLKMS
         ST    R5,CURRVIRT
         LM    R4,R5,CLKAREA+24
         BAL   R10,CLKMS
         ST    R5,CURRCPUT
         SUBRET RC=0
*              microseconds R4,R5 -> milliseconds R5
CLKMS    C     R4,=F'400'
         BNL   CLKMAX
         D     R4,=F'1000'
         BR    R10
CLKMAX   L     R5,=F'1999999999'
         BR    R10
*        Status page: nothing of it must change while it is read
         USING STATPAGE,R11
CLKPAGE  L     R2,STPSEQ
         MVC   CLKAREA(32),STPTOD
         C     R2,STPSEQ
         BNE   CLKPAGE
         N     R2,=F'1'
         BNZ   CLKPAGE
         L     R7,CLKAREA+24       seconds east of Greenwich
         LM    R4,R5,CLKAREA+8
         BAL   R10,CLKMS
         ST    R5,CURRVIRT
         LM    R4,R5,CLKAREA+16
         BAL   R10,CLKMS
         ST    R5,CURRCPUT
         M     R6,=F'1000000'
         LM    R4,R5,CLKAREA
         SRDL  R4,12
         AR    R4,R6
         ALR   R5,R7
         BC    12,CLKDATE
         A     R4,=F'1'
         B     CLKDATE
         DROP  R11
*        Bare machine
CLKBARE  TM    IMPFLAGS,IMPCPUT
         BZ    CLKTOD
         STPT  CLKAREA             counts down; bit 51 = 1 microsecond
         LM    R4,R5,CPUTBASE
         SL    R5,CLKAREA+4
         BC    3,*+6
         BCTR  R4,0
         SL    R4,CLKAREA
         SRDL  R4,12
         BAL   R10,CLKMS
         ST    R5,CURRVIRT
         ST    R5,CURRCPUT
CLKTOD   STCK  CLKAREA
         LM    R4,R5,CLKAREA
         SRDL  R4,12               microseconds since 1900
CLKDATE  D     R4,=F'60000000'     R5 = minutes, R4 = microseconds
         LR    R7,R4
         SR    R6,R6
         D     R6,=F'1000000'      R7 = seconds
         SR    R4,R4
         D     R4,=F'1440'         R5 = days, R4 = minute of the day
         LR    R8,R5
         LR    R3,R4
         SR    R2,R2
         D     R2,=F'60'           R3 = hour, R2 = minute
         LR    R9,R2
         LA    R1,CURRTIME
         LR    R5,R3
         BAL   R10,CLK2
         MVI   CURRTIME+2,C':'
         LA    R1,CURRTIME+3
         LR    R5,R9
         BAL   R10,CLK2
         MVI   CURRTIME+5,C':'
         LA    R1,CURRTIME+6
         LR    R5,R7
         BAL   R10,CLK2
*              date: 1900 was no leap year; count from 1 March 1900
         SH    R8,=H'59'
         LR    R5,R8
         SR    R4,R4
         D     R4,=F'1461'         R5 = four-year cycles, R4 = days
         LR    R6,R5
         SLL   R6,2                R6 = year - 1900
         LR    R5,R4
         SR    R4,R4
         D     R4,=F'365'
         CH    R5,=H'4'            29 February at the end of the cycle
         BL    CLKD1
         LA    R5,3
         LA    R4,365
CLKD1    AR    R6,R5               year that began on 1 March
         LR    R5,R4               day of it, from 0
         M     R4,=F'5'
         A     R5,=F'2'
         D     R4,=F'153'          R5 = month from March, R4 = 5*day
         LR    R7,R5
         LR    R5,R4
         SR    R4,R4
         D     R4,=F'5'
         LA    R5,1(,R5)           day of the month
         LA    R1,CURRDATE+3
         BAL   R10,CLK2
         LA    R7,3(,R7)
         CH    R7,=H'12'
         BNH   CLKD2
         SH    R7,=H'12'
         LA    R6,1(,R6)
CLKD2    LR    R5,R7
         LA    R1,CURRDATE
         BAL   R10,CLK2
         LR    R5,R6
         SR    R4,R4
         D     R4,=F'100'
         LR    R5,R4
         LA    R1,CURRDATE+6
         BAL   R10,CLK2
         MVI   CURRDATE+2,C'/'
         MVI   CURRDATE+5,C'/'
         SUBRET RC=0
*              R5 (0 to 99) as two digits to 0(R1); uses R4, R5
CLK2     SR    R4,R4
         D     R4,=F'10'
         LA    R5,C'0'(,R5)
         LA    R4,C'0'(,R4)
         STC   R5,0(,R1)
         STC   R4,1(,R1)
         BR    R10
         DROP  R12
CMSTIME  FENTER
         NUCALL AGETCLK
         FRET  RC=0
         LTORG
         DS    0D
CLKAREA  DC    XL32'00'
         COPY  REGEQU
         COPY  NUCON
         COPY  STATPAGE
         END   DMSTIM
